"""Measures the console against floors in one run: only ratios mean anything from one machine to another."""
