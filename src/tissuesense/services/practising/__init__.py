"""Practising ramps without a client: a hand, a gauge or a demonstration, and a score of it."""
