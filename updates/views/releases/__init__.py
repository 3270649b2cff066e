"""Pages of releases: publishing, a release, what is done to it, rolling back."""
