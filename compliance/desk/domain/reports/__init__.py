"""The reports that the console makes, declared as data, and how their rows are written and sampled."""
