"""One module a section of the report; the order is that of the registry."""
