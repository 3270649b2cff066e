"""The embedded console's supervisor: starts Redis, worker, beat and web, and ends them together.

`plan` says which children there are, `process` runs one, `loop` watches all of them. Nothing in here reads
Django's settings: the `console` command passes what is needed. Why not a library: docs/adr/0002.
"""
