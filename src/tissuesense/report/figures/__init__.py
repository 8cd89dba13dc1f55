"""Plots for paper and page: arrays in, SVG text out."""
