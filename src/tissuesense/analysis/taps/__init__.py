"""A light strike, and the damped swing after it."""
