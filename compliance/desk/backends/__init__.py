"""What the desk holds outside its tables."""
