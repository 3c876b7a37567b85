"""Frames over the cores of this machine.

Each worker is a fresh process that is told of the shot once (`prepare`) and then makes frames
(`make`). Frames do not depend on one another, so any number of workers gives the same pixels.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from typing import Any

from setpiece.errors import StageError
from setpiece.farm.shared import on_disk, opened

_context: Any = None
_make: Callable[[Any, int], Any] | None = None
_told = 0.0  # CPU-seconds of this process that its parent knows of


def _start(prepare: Callable[[Any], Any], make: Callable[[Any, int], Any], argument: Any) -> None:
    global _context, _make
    # The parent alone answers Ctrl-C; it then stops us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _make = make
    _context = prepare(argument)
    # What is there now stays: to look through it for cycles again and again took a fortieth of a
    # frame.
    gc.collect()
    gc.freeze()


def _leave_with_parent() -> None:
    """A parent that was killed cannot stop us; waiting for its next frame would be for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _one(frame: int) -> tuple[int, Any, float]:
    global _told
    assert _make is not None
    value = _make(_context, frame)
    # What came before the first frame counts too: imports, and opening the shot.
    before, _told = _told, time.process_time()
    return frame, value, _told - before


@contextlib.contextmanager
def _worker_settings() -> Iterator[None]:
    """Workers inherit one thread each (the farm spreads frames, libraries must not), and give
    large pictures back to the system once they are done with them (a setting of glibc's). Smaller
    ones they keep up to a quarter of a gigabyte: to fetch those anew took a twentieth of a frame.
    """
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    keep = {"MALLOC_MMAP_THRESHOLD_": str(16 << 20), "MALLOC_TRIM_THRESHOLD_": str(256 << 20)}
    ours = {**dict.fromkeys(names, "1"), **keep}
    before = {n: os.environ.get(n) for n in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Ctrl-C is heard when the block ends, and never by a process that is started in it: a worker
    that is not ready yet would print its stack. Nothing where the system has no masks."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _give_back() -> None:
    """What earlier stages freed goes back to the system before workers want it: glibc keeps it."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def map_frames(
    prepare: Callable[[Any], Any],
    make: Callable[[Any, int], Any],
    argument: Any,
    frames: Sequence[int],
    *,
    workers: int | None = None,
    done: Callable[[int, Any, float], None] | None = None,
    share: Path | None = None,
) -> dict[int, Any]:
    """Run `make(prepare(argument), frame)` for every frame; returns {frame: value}.

    prepare, make: importable functions. argument and values must pickle (keep them small).
    workers: processes; None is one for each core. 1 runs in this process.
    done: called in this process after each frame with (frame, value, cpu_seconds of the worker
        since it told last, its start included;
        0 where this process did the work itself).
    share: a folder. `prepare` is then run once, in this process, and several workers read what it
        gave, which has to pickle, from a file there, so that it lies in memory once.

    A failing frame stops the rest and raises its own error; a worker that dies raises StageError.
    """
    count = workers or os.cpu_count() or 1
    results: dict[int, Any] = {}
    if count == 1 or len(frames) <= 1:
        context = prepare(argument)
        for frame in frames:
            results[frame] = make(context, frame)
            if done is not None:
                done(frame, results[frame], 0.0)
        return results

    with contextlib.ExitStack() as stack:
        if share is not None:
            argument = stack.enter_context(on_disk(prepare(argument), share))
            prepare = opened
        _give_back()
        stack.enter_context(_worker_settings())
        pool = ProcessPoolExecutor(
            max_workers=min(count, len(frames)),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start,
            initargs=(prepare, make, argument),
        )
        try:
            with _ctrl_c_waits():
                waiting: set[Future[tuple[int, Any, float]]] = {
                    pool.submit(_one, f) for f in frames
                }
            while waiting:
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ready:
                    frame, value, cpu = future.result()
                    results[frame] = value
                    if done is not None:
                        done(frame, value, cpu)
        except BrokenProcessPool as error:
            raise StageError(
                "a worker process stopped before its frame was done, most often for lack of "
                "memory: run again (finished frames are kept) with --workers 1 or a smaller --size."
            ) from error
        except BaseException:
            for process in list((pool._processes or {}).values()):
                process.terminate()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return results
