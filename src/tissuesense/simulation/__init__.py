"""Worlds with known truth: tissue, hand, client and gauge, seeded; no code of the estimators."""
