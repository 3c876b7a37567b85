"""What every worker needs, in memory once: written to a file that all of them map."""

from __future__ import annotations

import contextlib
import mmap
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ALIGNED = 64  # bytes: where arrays begin


@contextlib.contextmanager
def on_disk(value: Any, folder: Path) -> Iterator[Path]:
    """A file in `folder` that `opened` reads `value` from; it goes when the block is left.

    value: anything that pickles. Raises OSError where the disk refuses.
    """
    path = folder / ".shared.part"
    try:
        _write(value, path)
        del value
        yield path
    finally:
        path.unlink(missing_ok=True)


def _write(value: Any, path: Path) -> None:
    buffers: list[pickle.PickleBuffer] = []
    told = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    raw = [memoryview(told), *(b.raw() for b in buffers)]
    ends, at = [], 0
    with path.open("wb") as f:
        for part in raw:
            f.seek(at)
            f.write(part)
            ends.append((at, at + len(part)))
            at += -(-len(part) // ALIGNED) * ALIGNED
        f.seek(at)
        pickle.dump(ends, f)
        f.write(at.to_bytes(8, "little"))


def opened(path: Path) -> Any:
    """The value in a file of `on_disk`. Its arrays lie in the file: processes share what they only
    read of them, and what one writes stays its own."""
    with path.open("rb") as f:
        whole = memoryview(mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_COPY))
    ends = pickle.loads(whole[int.from_bytes(whole[-8:], "little") : -8])
    told, *buffers = (whole[a:b] for a, b in ends)
    return pickle.loads(told, buffers=buffers)
