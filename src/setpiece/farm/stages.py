"""Stages whose results are kept, so that work resumes where it stopped.

A stage's result lives in `<work>/<name>-<key>/`, where the key is a hash of everything the result
depends on. It is made in a `.part` folder and renamed when whole: what is there is finished.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from filelock import FileLock, Timeout

from setpiece.errors import SetpieceError, StoreError
from setpiece.farm.meter import Meter, Usage

T = TypeVar("T")
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ADVICE = (
    "Free some room or give another folder with --out; finished stages are kept and the same "
    "command goes on from there."
)


class Watcher(Protocol):
    """Who is told how the work goes (a progress bar, a log, nobody)."""

    def begin(self, stage: str, reused: bool) -> None: ...

    def advance(self, stage: str, fraction: float) -> None: ...

    def end(self, stage: str, seconds: float) -> None: ...

    def say(self, text: str) -> None: ...


class Quiet:
    """A watcher that keeps silent."""

    def begin(self, stage: str, reused: bool) -> None: ...

    def advance(self, stage: str, fraction: float) -> None: ...

    def end(self, stage: str, seconds: float) -> None: ...

    def say(self, text: str) -> None: ...


@dataclass(frozen=True)
class StageRecord:
    """What one stage took. `reused` where a finished result was found."""

    name: str
    key: str
    folder: Path
    usage: Usage
    reused: bool


def key_of(*parts: Any) -> str:
    """Sixteen hex digits that change when anything in `parts` does (JSON-like values)."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def hash_source(path: Path) -> str:
    """Content of a single file; of a sequence (pattern or folder) its names, sizes and times."""
    if path.is_file():
        return hash_file(path)
    folder = path if path.is_dir() else path.parent
    return key_of(
        [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(folder.iterdir())]
    )


class StageDesk:
    """Runs stages one after the other and keeps what they made under `work`."""

    def __init__(self, work: Path, watcher: Watcher | None = None) -> None:
        self.work = work
        self.watcher: Watcher = watcher or Quiet()
        self.records: list[StageRecord] = []
        try:
            work.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{work}: cannot be made ({error.strerror}). Give a folder that can be written "
                "with --out."
            ) from error

    def run(
        self,
        name: str,
        key: str,
        make: Callable[[Path, Callable[[float], None], Meter], None],
        load: Callable[[Path], T],
        *,
        keep_partial: bool = False,
    ) -> T:
        """The stage's result, made now or found finished.

        make(folder, progress, meter) writes into `folder`; load(folder) opens what it wrote.
        keep_partial: what an interrupted run left is given to `make` again (frames already made
        are then skipped); otherwise a stage starts afresh.
        Raises StoreError where the disk refuses; nothing half-written takes the final name.
        """
        final = self.work / f"{name}-{key}"
        if _finished(final):
            return self._found(name, key, final, load)
        with self._alone(name, key):
            if _finished(final):  # by the other run, while this one waited
                return self._found(name, key, final, load)
            return self._made(name, key, final, make, load, keep_partial)

    @contextlib.contextmanager
    def _alone(self, name: str, key: str) -> Iterator[None]:
        """Two runs of one order in one folder: the second waits for the first's result."""
        lock = FileLock(self.work / f".{name}-{key}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            self.watcher.say(
                f"{self.work}: another run is making {name} here; waiting for it "
                "(Ctrl-C stops only this one)"
            )
            lock.acquire(poll_interval=0.5)
        except NotImplementedError:  # a file system that knows no locks: as good as alone
            yield
            return
        except OSError as error:
            raise StoreError(
                f"{lock.lock_file}: cannot be written ({error.strerror or error}). {_ADVICE}"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _found(self, name: str, key: str, final: Path, load: Callable[[Path], T]) -> T:
        self.watcher.begin(name, True)
        usage = Usage(**json.loads((final / "stage.json").read_text())["usage"])
        self.records.append(StageRecord(name, key, final, usage, True))
        os.utime(final)
        result = load(final)
        self.watcher.end(name, 0.0)
        return result

    def _made(
        self,
        name: str,
        key: str,
        final: Path,
        make: Callable[[Path, Callable[[float], None], Meter], None],
        load: Callable[[Path], T],
        keep_partial: bool,
    ) -> T:
        part = self.work / f".{name}-{key}.part"
        self.watcher.begin(name, False)
        started = time.monotonic()
        meter = Meter()
        try:
            if part.exists() and not keep_partial:
                shutil.rmtree(part)
            part.mkdir(parents=True, exist_ok=True)
            for scrap in part.glob(".*.part*"):  # a worker was stopped while it wrote
                scrap.unlink(missing_ok=True)
            with meter:
                make(part, lambda f: self.watcher.advance(name, min(max(f, 0.0), 1.0)), meter)
            usage = meter.usage
            before = _earlier(part)
            usage = Usage(
                usage.seconds + before.seconds,
                usage.cpu_seconds + before.cpu_seconds,
                max(usage.peak_mb, before.peak_mb),
            )
            (part / "stage.json").write_text(json.dumps({"key": key, "usage": asdict(usage)}))
            shutil.rmtree(final, ignore_errors=True)
            os.replace(part, final)
        except OSError as error:
            if not keep_partial:
                shutil.rmtree(part, ignore_errors=True)
            raise StoreError(
                f"{error.filename or part}: cannot be written while making {name} "
                f"({error.strerror or error}). {_ADVICE}"
            ) from error
        except BaseException as error:
            if keep_partial:
                if meter.started:
                    _remember(part, meter.usage)
            else:
                shutil.rmtree(part, ignore_errors=True)
            cause = error.__cause__
            full = isinstance(cause, OSError) and cause.errno in _DISK_FULL
            if full and isinstance(error, SetpieceError) and "Free some" not in str(error):
                # Whoever wrote the file names it, and may blame it; the disk is to blame.
                raise StoreError(f"{str(error).rstrip('.')}. {_ADVICE}") from error
            raise
        self.records.append(StageRecord(name, key, final, usage, False))
        self.watcher.end(name, time.monotonic() - started)
        return load(final)


def _finished(folder: Path) -> bool:
    return (folder / "stage.json").is_file()


def _earlier(part: Path) -> Usage:
    """What interrupted runs of this stage already took."""
    try:
        return Usage(**json.loads((part / "interrupted.json").read_text()))
    except (OSError, ValueError, TypeError):
        return Usage(0.0, 0.0, 0.0)


def _remember(part: Path, usage: Usage) -> None:
    before = _earlier(part)
    total = Usage(
        before.seconds + usage.seconds,
        before.cpu_seconds + usage.cpu_seconds,
        max(before.peak_mb, usage.peak_mb),
    )
    # The bookkeeping of an interrupted run is not worth a second error.
    with contextlib.suppress(OSError):
        (part / "interrupted.json").write_text(json.dumps(asdict(total)))
