"""What a stage is said to have used: memory of every process, libraries once."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from setpiece.farm import Meter

HOLD = "import sys, numpy as np; a = np.ones({mb} << 17); print(1, flush=True); sys.stdin.read()"


def _run(mb: int, count: int) -> float:
    """Peak [MB] that is counted while so many children hold so much each."""
    with Meter() as meter:
        held = [
            subprocess.Popen(
                [sys.executable, "-c", HOLD.format(mb=mb)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )
            for _ in range(count)
        ]  # fmt: skip
        for child in held:
            assert child.stdout is not None
            child.stdout.readline()
        time.sleep(0.6)  # the meter looks four times a second
        for child in held:
            child.communicate()
    return meter.usage.peak_mb


@pytest.mark.skipif(not Path("/proc/self/statm").is_file(), reason="memory is read from /proc")
def test_every_process_counts_and_what_they_share_counts_once() -> None:
    none, one, two = _run(0, 2), _run(100, 1), _run(100, 2)
    held = 100 * 1.048576
    assert two - none > 1.9 * held
    assert one < two < none + 2.4 * held
    # a second Python brings its own heap along, not another copy of numpy's libraries
    assert two - one < 1.5 * held
