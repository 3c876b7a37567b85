"""Numbered pictures on disk as one plate: patterns, folders, and the frames that are missing."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from setpiece.errors import PlateError

PICTURES = {".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".exr", ".webp", ".bmp", ".gif"}

_SLOT = re.compile(r"#+|@+|%0?(\d*)d|\$F(\d*)")
_NUMBERED = re.compile(r"^(.*?)(\d+)(\D*)$")


@dataclass(frozen=True)
class Sequence:
    """A run of numbered pictures without a gap.

    Attributes:
        pattern: as the field writes it, `plate.####.exr`.
        files: one file a frame, in order.
        first: the number of the first file.
    """

    pattern: str
    files: tuple[Path, ...]
    first: int


def is_pattern(path: Path) -> bool:
    """Whether the last part of a path stands for many numbered files (`####`, `%04d`, `$F4`)."""
    return _SLOT.search(path.name) is not None and not path.exists()


def find_sequence(path: Path) -> Sequence:
    """Find the files of a pattern or of a folder.

    Raises:
        PlateError: no such folder, no pictures in it, more than one sequence, or frames missing.
    """
    return _of_folder(path) if path.is_dir() else _of_pattern(path)


def run_beside(path: Path) -> str | None:
    """Pattern of the sequence that a single file looks to be a frame of, None if it is not.

    It is one where a file of the next or the former number lies beside it.
    """
    match = _NUMBERED.match(path.name)
    if match is None:
        return None
    head, digits, tail = match.groups()
    for number in (int(digits) - 1, int(digits) + 1):
        if (path.parent / f"{head}{number:0{len(digits)}d}{tail}").exists():
            return f"{head}{'#' * len(digits)}{tail}"
    return None


def _of_pattern(path: Path) -> Sequence:
    slots = list(_SLOT.finditer(path.name))
    if len(slots) != 1:
        raise PlateError(f"{path}: a pattern has one run of # (or one %04d), this has {len(slots)}")
    slot = slots[0]
    width = slot.group(1) or slot.group(2)
    if slot.group()[0] in "#@":
        width = str(len(slot.group()))
    head, tail = path.name[: slot.start()], path.name[slot.end() :]
    # A number may outgrow its padding (frame 10000 of ####), it may not fall short of it.
    alike = re.compile(re.escape(head) + rf"(\d{{{int(width or 1)},}})" + re.escape(tail))
    if not path.parent.is_dir():
        raise PlateError(f"{path}: there is no folder {path.parent}; check the path")
    found = {}
    for file in path.parent.iterdir():
        match = alike.fullmatch(file.name)
        if match and file.is_file():
            found[int(match.group(1))] = file
    if not found:
        raise PlateError(f"{path}: no file matches this pattern in {path.parent}")
    return _whole(path.name, found, path)


def _of_folder(folder: Path) -> Sequence:
    groups: dict[str, dict[int, Path]] = defaultdict(dict)
    pictures = [
        file
        for file in folder.iterdir()
        if file.is_file() and file.suffix.lower() in PICTURES and not file.name.startswith(".")
    ]
    if not pictures:
        raise PlateError(
            f"{folder}: no pictures in this folder; give a folder that holds one numbered "
            f"sequence ({', '.join(sorted(PICTURES))}), a picture or a movie"
        )
    if len(pictures) == 1:
        return Sequence(pictures[0].name, (pictures[0],), 0)
    for file in pictures:
        match = _NUMBERED.match(file.name)
        if match:
            head, digits, tail = match.groups()
            # Padded numbers share a width; unpadded ones (frame 9, frame 10) share none.
            pad = len(digits) if digits.startswith("0") else 0
            groups[f"{head}\0{pad}\0{tail}"][int(digits)] = file
    groups = _merge_unpadded(groups)
    if len(groups) != 1 or sum(map(len, groups.values())) != len(pictures):
        names = [_shown(key) for key in sorted(groups)] or sorted(f.name for f in pictures)
        raise PlateError(
            f"{folder}: {len(pictures)} pictures that are not one numbered sequence "
            f"({', '.join(names[:6])}{' ...' if len(names) > 6 else ''}); "
            "give one picture, or a pattern such as plate.####.exr"
        )
    key, found = next(iter(groups.items()))
    return _whole(_shown(key), found, folder)


def _merge_unpadded(groups: dict[str, dict[int, Path]]) -> dict[str, dict[int, Path]]:
    """Put 0998, 0999, 1000 together: the last has no leading zero but the same width."""
    merged: dict[str, dict[int, Path]] = defaultdict(dict)
    for key, files in groups.items():
        head, pad, tail = key.split("\0")
        if pad != "0":
            merged[key].update(files)
    for key, files in groups.items():
        head, pad, tail = key.split("\0")
        if pad != "0":
            continue
        pads = [k for k in merged if k.split("\0")[::2] == [head, tail]]
        merged[pads[0] if len(pads) == 1 else key].update(files)
    return merged


def _shown(key: str) -> str:
    head, pad, tail = key.split("\0")
    return f"{head}{'#' * max(int(pad), 1)}{tail}"


def _whole(pattern: str, found: dict[int, Path], path: Path) -> Sequence:
    numbers = sorted(found)
    if numbers[-1] - numbers[0] + 1 != len(numbers):
        missing = _missing(numbers)
        raise PlateError(
            f"{path}: frames {missing} are missing between {numbers[0]} and {numbers[-1]}; "
            "render or copy them again, or give the unbroken part in a folder of its own"
        )
    for number in numbers:
        if found[number].stat().st_size == 0:
            raise PlateError(f"{found[number]}: the file is empty (0 bytes); copy it again")
    return Sequence(pattern, tuple(found[number] for number in numbers), numbers[0])


def _missing(numbers: list[int]) -> str:
    gaps = [
        str(before + 1) if after - before == 2 else f"{before + 1}-{after - 1}"
        for before, after in pairwise(numbers)
        if after - before > 1
    ]
    return ", ".join(gaps[:8]) + (f" and {len(gaps) - 8} more gaps" if len(gaps) > 8 else "")
