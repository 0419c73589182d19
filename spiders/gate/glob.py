"""Patterns with `*`, in the time of what they are compared with: positions are moved, nothing is tried twice."""


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is the pattern, with anything, or nothing, in the place of each `*`."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    if not text.startswith(first):
        return False
    position = len(first)
    for piece in rest[:-1]:
        position = text.find(piece, position)
        if position < 0:
            return False
        position += len(piece)
    return text.endswith(rest[-1]) and len(text) - len(rest[-1]) >= position
