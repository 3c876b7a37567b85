"""How long to look, as people write it."""

from __future__ import annotations

from setpiece.errors import InputError


def read_seconds(text: str, option: str = "--solve") -> float:
    """Seconds of "60s", "60", "2m". Raises InputError."""
    words = text.strip().lower()
    try:
        seconds = 60 * float(words[:-1]) if words.endswith("m") else float(words.removesuffix("s"))
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= 1e6:
        raise InputError(f"{option} {text[:40]!r}: write seconds, such as 60s.")
    return seconds
