"""Who may come in: hosts, origins, sizes, sessions, roles."""
