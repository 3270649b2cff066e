"""Runs the whole console as one tree of processes: Redis, worker, beat, web."""
