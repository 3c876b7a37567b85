"""Worker processes: they do not outlive the process that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = """
import os, sys, time
from pathlib import Path
from setpiece.farm import map_frames

def prepare(folder):
    (Path(folder) / str(os.getpid())).touch()

def make(context, frame):
    time.sleep(0.01 if frame else 60)

if __name__ == "__main__":
    try:
        map_frames(prepare, make, sys.argv[1], [0, 1, 2], workers=2)
    except KeyboardInterrupt:
        sys.exit(130)
else:  # a worker is starting
    (Path(sys.argv[1]) / f"starts{os.getpid()}").touch()
    time.sleep(1)
"""


def _wait(folder: Path, sign: str) -> list[Path]:
    """Files of that pattern, once both workers have left theirs; or those there after a minute."""
    until = time.monotonic() + 60
    while len(found := list(folder.glob(sign))) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    return found


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.is_file() and state.read_text().rpartition(")")[2].split()[0] == "Z")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_workers_leave_when_their_parent_is_killed(tmp_path: Path) -> None:
    script, started = tmp_path / "shot.py", tmp_path / "started"
    script.write_text(SCRIPT)
    started.mkdir()
    parent = subprocess.Popen(
        [sys.executable, str(script), str(started)], stderr=subprocess.DEVNULL
    )  # its resource tracker complains, rightly
    try:
        workers = [int(p.name) for p in _wait(started, "[0-9]*")]
        assert len(workers) == 2
    finally:
        parent.kill()
        parent.wait()
    until = time.monotonic() + 20
    while any(map(_alive, workers)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(map(_alive, workers))


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="no masks on this system")
def test_ctrl_c_while_workers_start_prints_no_stack(tmp_path: Path) -> None:
    script, started = tmp_path / "shot.py", tmp_path / "started"
    script.write_text(SCRIPT)
    started.mkdir()
    parent = subprocess.Popen(
        [sys.executable, str(script), str(started)], stderr=subprocess.PIPE, text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    try:
        # A terminal sends it to all; the workers are not ready to leave it to their parent.
        for worker in _wait(started, "starts*"):
            os.kill(int(worker.name.removeprefix("starts")), signal.SIGINT)
        _wait(started, "[0-9]*")
        os.killpg(parent.pid, signal.SIGINT)
        _, said = parent.communicate(timeout=60)
    finally:
        parent.kill()
    assert parent.returncode == 130
    assert "Traceback" not in said
