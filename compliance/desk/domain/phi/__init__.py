"""The PHI register: what may hold protected health information, what protects it, and how that is known."""
