"""Reports: ordering, making, reviewing, making again."""
