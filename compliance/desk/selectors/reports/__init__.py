"""Where the rows of reports come from: read one by one, however many there are."""
