"""Where to send somebody back to: a page of ours, never another server's."""

from urllib.parse import urlsplit


def own_path(address: str) -> str:
    """Return the path and the query of an address; of one that is odd, the first page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    # A browser takes a backslash for a slash, and drops control characters.
    plain = path.isascii() and path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"
