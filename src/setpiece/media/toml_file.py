"""TOML that a take wrote and a person may have edited."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError

from setpiece.errors import InputError
from setpiece.media.atomic import whole_file


def write_toml(document: tomlkit.TOMLDocument, path: str | Path) -> None:
    """Write a document; the file appears whole or not at all. Raises StoreError."""
    with whole_file(path) as part:
        part.write_text(tomlkit.dumps(document), encoding="utf-8")


def read_toml(
    path: str | Path, wrong: type[InputError], what: str, most_bytes: int = 100_000
) -> dict[str, Any]:
    """The file's values, not yet checked.

    what: the file's proper name in words ("the brief.toml of a take"), for the message.
    Raises `wrong`: missing, too large, not text, or not TOML (the line is named).
    """
    path = Path(path)
    try:
        if path.stat().st_size > most_bytes:
            raise wrong(f"{path}: too large; give {what}")
        values: dict[str, Any] = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    except OSError as error:
        raise wrong(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise wrong(f"{path}: not a text file; give {what}") from error
    except (ParseError, ValueError) as error:
        raise wrong(f"{path}: not TOML: {error}; mend that line, or give {what}") from error
    return values
