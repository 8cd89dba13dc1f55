"""The record on disk: one folder, one encrypted file, raw data beside what was made of them."""
