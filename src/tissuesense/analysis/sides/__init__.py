"""One site against its reference."""
