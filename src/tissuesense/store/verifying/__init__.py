"""The parts of a verification: rows as they are kept, the chain, the index, keys and files."""
