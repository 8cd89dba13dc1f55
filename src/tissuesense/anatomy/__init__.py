"""Muscles as data: where to begin, how far a gauge may go, and what every fact rests on."""
