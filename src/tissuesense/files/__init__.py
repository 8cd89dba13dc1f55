"""Trace files: a CSV of samples and the side-car that says what they are."""
