"""The command line: parse arguments, call a use case, show what it found."""
