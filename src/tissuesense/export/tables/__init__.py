"""The record as tables: declared once, written by every tabular format."""
