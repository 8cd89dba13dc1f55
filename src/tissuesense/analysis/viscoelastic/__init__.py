"""How a force fades or a depth creeps: exact answers of models, and their fits."""
