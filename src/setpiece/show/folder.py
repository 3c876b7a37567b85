"""Where a take lives: names, versions, and folders that are never overwritten."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from setpiece.errors import StoreError


def slug(text: str, fallback: str = "untitled") -> str:
    """A name safe in every file system: lower case letters, digits and single dashes. Letters of
    other alphabets are spelled in Latin."""
    from anyascii import anyascii

    name = re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower()).strip("-")[:60].strip("-")
    return name or fallback


@dataclass(frozen=True)
class TakeResult:
    """A finished take.

    folder: where everything lies. movie: the H.264 review movie, or of a still its picture. checks:
    facts measured on the result, as in take.json. record: all of take.json.
    """

    folder: Path
    movie: Path
    checks: dict[str, Any]
    record: dict[str, Any]

    @property
    def ok(self) -> bool:
        """True where every check holds."""
        return all(c.get("ok", False) for c in self.checks.values())


@dataclass(frozen=True)
class TakeFolder:
    """`<show>_<seq>_<shot>_<task>_v001` and the files in it.

    Until `publish` the folder is hidden (`.<stem>.part`): a take is there whole or not at all.
    """

    path: Path
    stem: str
    version: int

    def frame(self, number: int) -> Path:
        """The EXR of a frame number (1001 is the first)."""
        return self.path / "exr" / f"{self.stem}.{number:04d}.exr"

    def publish(self) -> TakeFolder:
        """Give the finished folder its name. Raises StoreError where that fails."""
        final = self.path.with_name(self.stem)
        try:
            os.rename(self.path, final)
        except OSError as error:
            raise StoreError(
                f"{final}: the finished take cannot be put there ({error.strerror}); "
                f"it is whole in {self.path}."
            ) from error
        return replace(self, path=final)


def new_take_folder(
    root: Path, show: str, sequence: str, shot: str, task: str, at_least: int = 1
) -> TakeFolder:
    """Reserve the next free version under `root` (safe when two takes finish at once).

    Raises StoreError where the folder cannot be made.
    """
    base = "_".join(slug(part) for part in (show, sequence, shot, task))
    try:
        root.mkdir(parents=True, exist_ok=True)
        version = at_least
        for entry in os.listdir(root):
            found = re.fullmatch(r"\.?" + re.escape(base) + r"_v(\d{3,})(\.part)?", entry)
            if found:
                version = max(version, int(found.group(1)) + 1)
        while True:
            stem = f"{base}_v{version:03d}"
            try:
                (root / f".{stem}.part").mkdir()
            except FileExistsError:
                version += 1
                continue
            if (root / stem).exists():  # another take was published in this very moment
                (root / f".{stem}.part").rmdir()
                version += 1
                continue
            return TakeFolder(root / f".{stem}.part", stem, version)
    except OSError as error:
        raise StoreError(
            f"{root}: cannot make the take's folder ({error.strerror}). "
            "Give a folder that can be written with --out."
        ) from error
