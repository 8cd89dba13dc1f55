"""Text that came from outside, made safe to show."""


def printable(text: str) -> str:
    """Return `text` with whatever could steer a terminal, or turn a line around, replaced."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
