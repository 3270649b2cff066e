"""Console pages of the updates floor; one file per subject."""
