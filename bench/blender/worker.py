"""Carries out one task inside Blender's Python and says what it took.

    python -m blender.worker TASK ORDER.json ANSWER.json

Tasks: `bodies` (meshes, Bullet), `smoke` (Mantaflow), `frame` (one Cycles picture), `compare`
(FLIP and PSNR), `versions`. Needs bpy (GPL, the `bench` extra), numpy and, to compare,
flip-evaluator; nothing of setpiece.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Clock:
    """Wall seconds, CPU-seconds of this process and peak resident MB, stage by stage."""

    def __init__(self) -> None:
        self.stages: dict[str, dict[str, float]] = {}

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        with contextlib.suppress(OSError):  # start the peak afresh, where the system lets us
            Path("/proc/self/clear_refs").write_text("5")
        start, before = time.monotonic(), time.process_time()
        yield
        self.stages[name] = {
            "seconds": time.monotonic() - start,
            "cpu_seconds": time.process_time() - before,
            "peak_mb": _peak_mb(),
        }


def _peak_mb() -> float:
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        return float(next(x.split()[1] for x in lines if x.startswith("VmHWM"))) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def versions(_order: dict[str, Any], _clock: Clock) -> dict[str, Any]:
    """What is installed here."""
    from importlib.metadata import version

    import bpy

    return {"blender": bpy.app.version_string, "flip": version("flip-evaluator")}


def main() -> None:
    """Command line."""
    task, order, answer = sys.argv[1:]
    clock = Clock()
    if task == "versions":
        work = versions
    elif task == "bodies":
        from blender.bodies import bodies as work
    elif task == "smoke":
        from blender.smoke import smoke as work
    elif task == "frame":
        from blender.cycles import frame as work
    elif task == "compare":
        from blender.judge import compare as work
    else:
        sys.exit(f"{task}: no such task")
    facts = work(json.loads(Path(order).read_text()), clock)
    Path(answer).write_text(json.dumps({"stages": clock.stages, **facts}))
    sys.stdout.flush()
    # Mantaflow inside the bpy module aborts while Python shuts down; all is written by now.
    os._exit(0)


if __name__ == "__main__":
    main()
