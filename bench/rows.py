"""Rows that a bench has measured: kept on disk as they finish, so that it goes on where it was."""

from __future__ import annotations

import json
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from setpiece.media.atomic import whole_file


def with_cost(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` returns, and "wall" and "cpu": seconds that the processes it ran took."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    answered = work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": time.monotonic() - start, "cpu": cpu, **answered}


class Rows:
    """Measured rows in a JSON file; those made by another version or machine are left out.

    path: the file. made_by: what must be equal for rows to be used again. fresh: drop what is
    there. Folders of unfinished work lie beside the file, in `work`.
    """

    def __init__(self, path: Path, made_by: dict[str, Any], fresh: bool = False) -> None:
        self.path = path
        self.made_by: dict[str, Any] = json.loads(json.dumps(made_by))
        self.rows: dict[str, dict[str, Any]] = {}
        if fresh:
            shutil.rmtree(self.work, ignore_errors=True)
        elif path.is_file():
            kept = json.loads(path.read_text())
            if kept.get("made_by") == self.made_by:
                self.rows = kept["rows"]
            else:
                print(f"{path}: of another version or machine; its rows are made again")
                shutil.rmtree(self.work, ignore_errors=True)

    @property
    def work(self) -> Path:
        """Where things are made until their row is written."""
        return self.path.with_name(f".{self.path.stem}.work")

    def row(self, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The row of that name; `make` measures it where it is not there.

        A row has at least "wall" and "cpu", in seconds.
        """
        if name in self.rows:
            print(f"{name}: kept from an earlier run")
            return self.rows[name]
        row = make()
        self.rows[name] = row
        self.write()
        print(f"{name}: {row['wall']:.1f} s, {row['cpu']:.1f} CPU-s", flush=True)
        return row

    def write(self, **more: Any) -> None:
        """Put everything on disk; `more` are further entries, such as a summary."""
        with whole_file(self.path) as part:
            part.write_text(
                json.dumps({"made_by": self.made_by, "rows": self.rows, **more}, indent=2)
            )
