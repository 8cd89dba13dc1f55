"""Wires: bytes to events and back, with no I/O anywhere."""
