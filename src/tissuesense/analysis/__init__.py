"""Estimators: arrays and parameters in, values with uncertainty out, and nothing else."""
