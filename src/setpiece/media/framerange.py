"""Frame ranges as the field writes them: `1001-1096`, `1001-1010,1015,1020-1030x2`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from setpiece.errors import InputError

_PART = re.compile(r"(-?\d+)(?:-(-?\d+)(?:x(\d+))?)?")
MAX_FRAMES = 1_000_000  # a week of film; more is a typing error


def parse_range(text: str) -> list[int]:
    """Frame numbers in rising order, each once.

    Raises:
        InputError: `text` is empty, not a range, runs backwards, or is absurdly long.
    """
    frames: set[int] = set()
    for raw in text.split(","):
        part = raw.strip()
        match = _PART.fullmatch(part)
        if match is None:
            raise InputError(
                f"frame range {text!r}: cannot read {part!r}. "
                "Write it as 1001-1096, or 1001-1010,1015,1020-1030x2."
            )
        first = int(match[1])
        last = int(match[2]) if match[2] is not None else first
        step = int(match[3]) if match[3] is not None else 1
        if last < first:
            raise InputError(f"frame range {text!r}: {part!r} runs backwards; swap its ends.")
        if step < 1:
            raise InputError(f"frame range {text!r}: the step in {part!r} must be 1 or more.")
        if (last - first) // step + len(frames) >= MAX_FRAMES:
            raise InputError(f"frame range {text!r}: more than {MAX_FRAMES} frames.")
        frames.update(range(first, last + 1, step))
    return sorted(frames)


def format_range(frames: Iterable[int]) -> str:
    """The shortest plain reading of `frames`: runs of three or more become `a-b` or `a-bxN`.

    `parse_range(format_range(f)) == sorted(set(f))` for any non-empty f.
    """
    rest = sorted(set(frames))
    parts: list[str] = []
    i = 0
    while i < len(rest):
        if i + 1 == len(rest):
            parts.append(str(rest[i]))
            break
        step = rest[i + 1] - rest[i]
        j = i + 1
        while j + 1 < len(rest) and rest[j + 1] - rest[j] == step:
            j += 1
        if j - i >= 2 or step == 1:
            parts.append(f"{rest[i]}-{rest[j]}" + (f"x{step}" if step > 1 else ""))
            i = j + 1
        else:  # two frames far apart: the second may begin a run of its own
            parts.append(str(rest[i]))
            i += 1
    return ",".join(parts)
