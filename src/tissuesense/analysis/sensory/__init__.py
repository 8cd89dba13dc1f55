"""Beyond the threshold: tolerance, summation, ratings, modulation, indices over sites."""
