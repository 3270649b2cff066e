"""Devices as the console meets them: over HTTP, knowing nothing of its code."""
