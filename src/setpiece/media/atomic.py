"""Files appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from setpiece.errors import StoreError


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` when the block ends well.

    The temporary name keeps the suffix (writers choose their format by it) and begins with a
    dot. Whatever ends the block early, Ctrl-C included, removes it and leaves what stood at
    `path` before. The folder is made where it is missing.

    Raises:
        StoreError: the folder cannot be made or the disk cannot take the file.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise StoreError(
            f"{path}: could not be written ({error.strerror or error}). "
            "Free some disk space or choose another folder, then run again."
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
