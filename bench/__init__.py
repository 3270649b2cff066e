"""Measures the console against floors and neighbours in one run: only ratios mean anything across machines."""
