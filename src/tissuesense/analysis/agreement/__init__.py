"""How well measurements repeat: reliability, errors of measurement."""
