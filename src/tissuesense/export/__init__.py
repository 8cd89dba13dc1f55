"""Hand a record to other programs: one file a format."""
