"""Measuring at the table: site after site, hands-free, watched by any number of screens."""
