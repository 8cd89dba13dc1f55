"""Least squares, order statistics and other numerics that know nothing of forces."""
