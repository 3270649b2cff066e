"""Measuring and declaring for the PHI register."""
