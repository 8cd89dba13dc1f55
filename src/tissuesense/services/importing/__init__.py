"""Take in what other programs, or another store of ours, have written: one file a form."""
