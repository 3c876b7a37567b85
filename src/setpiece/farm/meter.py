"""How long a stage took and how much memory it used, counted over all its processes."""

from __future__ import annotations

import os
import resource
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Usage:
    """Wall and CPU seconds, and the peak of resident memory of us and our children [MB]."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(p) for p in text.split()]


def _resident_mb() -> float:
    """Of us and our children. Libraries and other mapped files lie in memory once, however many
    processes map them: they count once, for the process that has most of them."""
    total, mapped = 0, 0
    todo = [os.getpid()]
    while todo:
        pid = todo.pop()
        try:
            resident, shared = Path(f"/proc/{pid}/statm").read_text().split()[1:3]
        except (OSError, ValueError):
            continue
        total += (int(resident) - int(shared)) * _PAGE
        mapped = max(mapped, int(shared) * _PAGE)
        todo += _children(pid)
    total += mapped
    if total == 0:  # not Linux: the high-water mark of this process is the best there is
        total = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return total / 1e6


class Meter:
    """`with Meter() as m: work()`, then `m.usage`."""

    started = False

    def __enter__(self) -> Meter:
        self.started = True
        self._stop = threading.Event()
        self._peak = _resident_mb()
        self._wall = time.monotonic()
        self._cpu = self._cpu_now()
        self._worker_cpu = 0.0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    @staticmethod
    def _cpu_now() -> float:
        return time.process_time()

    def add_worker(self, cpu_seconds: float) -> None:
        """CPU seconds that a worker process reported (it may outlive the stage)."""
        self._worker_cpu += cpu_seconds

    def _watch(self) -> None:
        while not self._stop.wait(0.25):
            self._peak = max(self._peak, _resident_mb())

    @property
    def usage(self) -> Usage:
        return Usage(
            time.monotonic() - self._wall,
            self._cpu_now() - self._cpu + self._worker_cpu,
            self._peak,
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._peak = max(self._peak, _resident_mb())
