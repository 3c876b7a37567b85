"""SHA-256 of files of any size."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from setpiece.errors import InputError


def file_sha256(path: Path) -> str:
    """Hex digest of a file, read in pieces. Raises InputError where it cannot be read."""
    try:
        if not path.is_file():
            raise InputError(f"{path}: there is no such file.")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{str(path)[:200]}: cannot be read ({reason}).") from error


# What is added to a take after it was made: not part of what is reviewed.
OWN_FILES = {".ledger.json", "delivery", "manifest.setpiece.json"}


def files_of(folder: Path) -> dict[str, Path]:
    """The files of a take by their path in it, sorted; links are followed nowhere.

    Raises InputError for a folder that is none, or that holds a link.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder.")
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if inside.parts[0] in OWN_FILES:
            continue
        if path.is_symlink():
            raise InputError(f"{path}: is a link; a take must hold its files itself.")
        if path.is_file():
            found[inside.as_posix()] = path
    return found


def folder_sha256(folder: Path) -> str:
    """One digest of every file of a take: names, and what they hold. Raises InputError."""
    return files_sha256(files_of(folder))


def files_sha256(files: Mapping[str, Path]) -> str:
    """One digest of several files, by name. Raises InputError."""
    whole = hashlib.sha256()
    for name, path in files.items():
        line = f"{file_sha256(path)} {name}\n"
        whole.update(line.encode("utf-8", "surrogateescape"))
    return whole.hexdigest()
