"""The version of the program that every stored number names."""

__version__ = "0.1.0"
