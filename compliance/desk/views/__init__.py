"""Pages of the compliance officer; one file per subject."""
