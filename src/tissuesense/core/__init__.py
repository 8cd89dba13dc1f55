"""Quantities, traces, units, clock, errors: what every other floor stands on."""
