"""Reading the PHI register."""
