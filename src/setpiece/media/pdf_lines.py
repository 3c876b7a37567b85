"""Words on a printed page: cut to a width, or broken into lines."""

from __future__ import annotations

from functools import lru_cache

from setpiece.media.fonts import printable


@lru_cache(maxsize=8192)
def fit(words: str, font: str, size: float, width: float) -> str:
    """`words` in letters that the font has, on one line, cut with an ellipsis to `width` [pt]."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    words = printable(" ".join(words[:4000].split()))
    if stringWidth(words, font, size) <= width:
        return words
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if stringWidth(words[:middle].rstrip() + "…", font, size) <= width:
            low = middle
        else:
            high = middle - 1
    return words[:low].rstrip(" ,;.-") + "…" if low else ""


def wrap(
    words: str, font: str, size: float, width: float, most: int, longest: int = 4000
) -> list[str]:
    """Greedy lines; what does not fit in `most` of them ends in an ellipsis. longest: letters that
    are looked at."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    rest = printable(" ".join(words[:longest].split())).split(" ")
    lines: list[str] = []
    while rest and rest != [""]:
        if len(lines) == most - 1:
            lines.append(fit(" ".join(rest), font, size, width))
            break
        line = rest.pop(0)
        while rest and stringWidth(f"{line} {rest[0]}", font, size) <= width:
            line = f"{line} {rest.pop(0)}"
        lines.append(fit(line, font, size, width))
    return lines
