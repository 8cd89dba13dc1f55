"""Values over visits: what may be compared, what has changed."""
