"""One file per estimator; each is listed in `tissuesense.analysis.registry`."""
