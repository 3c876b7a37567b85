"""SHA-256 of files of any size."""

from __future__ import annotations

import hashlib
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
