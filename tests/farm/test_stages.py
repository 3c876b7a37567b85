"""Stages that resume, and frames over workers."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from setpiece.errors import InputError, StageError, StoreError
from setpiece.farm import Quiet, StageDesk, key_of, map_frames


def _write(folder: Path, *_: Any) -> None:
    (folder / "result.txt").write_text("whole")


def _read(folder: Path) -> str:
    return (folder / "result.txt").read_text()


def _left(folder: Path) -> list[Path]:
    """What is in a work folder, but for the empty files that keep two runs apart."""
    return [p for p in folder.iterdir() if p.suffix != ".lock"]


def test_a_finished_stage_is_not_made_again(tmp_path: Path) -> None:
    calls = []

    def make(folder: Path, *rest: Any) -> None:
        calls.append(folder)
        _write(folder)

    for _ in range(2):
        desk = StageDesk(tmp_path)
        assert desk.run("fall", "k1", make, _read) == "whole"
    assert len(calls) == 1
    assert desk.records[0].reused
    StageDesk(tmp_path).run("fall", "k2", make, _read)
    assert len(calls) == 2


class Told(Quiet):
    """What a watcher was told, and an event for the first word."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.spoken = Event()

    def say(self, text: str) -> None:
        self.texts.append(text)
        self.spoken.set()


def test_a_second_run_in_the_same_folder_waits_for_the_first(tmp_path: Path) -> None:
    """And takes its result, instead of clearing away what the first is making."""
    calls, told, made = [], Told(), []

    def slow(folder: Path, *_: Any) -> None:
        calls.append(folder)
        second.start()
        assert told.spoken.wait(30)  # the second run is there, and waits
        _write(folder)

    def other() -> None:
        made.append(StageDesk(tmp_path, told).run("frames", "k", slow, _read, keep_partial=True))

    second = Thread(target=other)
    assert StageDesk(tmp_path).run("frames", "k", slow, _read, keep_partial=True) == "whole"
    second.join(30)
    assert made == ["whole"]
    assert len(calls) == 1
    assert "another run is making frames" in told.texts[0]


def test_a_run_that_waits_goes_on_where_the_first_was_stopped(tmp_path: Path) -> None:
    told, made = Told(), []

    def stopped(folder: Path, *_: Any) -> None:
        (folder / "1001.txt").write_text("a frame")
        second.start()
        assert told.spoken.wait(30)
        raise KeyboardInterrupt

    def rest(folder: Path, *_: Any) -> None:
        assert (folder / "1001.txt").read_text() == "a frame"
        _write(folder)

    def other() -> None:
        made.append(StageDesk(tmp_path, told).run("frames", "k", rest, _read, keep_partial=True))

    second = Thread(target=other)
    with pytest.raises(KeyboardInterrupt):
        StageDesk(tmp_path).run("frames", "k", stopped, _read, keep_partial=True)
    second.join(30)
    assert made == ["whole"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, InputError])
def test_an_interrupted_stage_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def make(folder: Path, *_: Any) -> None:
        _write(folder)
        raise error("stop")

    with pytest.raises(error):
        StageDesk(tmp_path).run("fall", "k", make, _read)
    assert _left(tmp_path) == []


def test_frames_already_made_are_kept_for_the_next_run(tmp_path: Path) -> None:
    def make(folder: Path, *_: Any) -> None:
        done = len(list(folder.glob("*.txt")))
        for i in range(done, 4):
            if i == 2 and done == 0:
                raise KeyboardInterrupt
            (folder / f"{i}.txt").write_text(str(done))

    with pytest.raises(KeyboardInterrupt):
        StageDesk(tmp_path).run("frames", "k", make, lambda d: d, keep_partial=True)
    desk = StageDesk(tmp_path)
    folder = desk.run("frames", "k", make, lambda d: d, keep_partial=True)
    assert [(folder / f"{i}.txt").read_text() for i in range(4)] == ["0", "0", "2", "2"]
    assert desk.records[0].usage.seconds >= 0


def test_a_full_disk_is_said_and_leaves_no_half_result(tmp_path: Path) -> None:
    def make(folder: Path, *_: Any) -> None:
        _write(folder)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / "big.exr"))

    with pytest.raises(StoreError, match="No space left"):
        StageDesk(tmp_path).run("dust", "k", make, _read)
    assert _left(tmp_path) == []


def test_keys_follow_content() -> None:
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1})
    assert key_of({"a": 1}) != key_of({"a": 2})


def _prepare(argument: int) -> int:
    return argument * 100


def _square(context: int, frame: int) -> int:
    if frame == 13:
        raise InputError("frame 13 is unlucky")
    if frame == 99:
        os._exit(7)
    return context + frame * frame


@pytest.mark.parametrize("workers", [1, 2])
def test_any_number_of_workers_gives_the_same(workers: int) -> None:
    seen: list[int] = []
    got = map_frames(
        _prepare, _square, 3, range(6), workers=workers, done=lambda f, v, c: seen.append(f)
    )
    assert got == {f: 300 + f * f for f in range(6)}
    assert sorted(seen) == list(range(6))


def test_the_error_of_a_frame_comes_through() -> None:
    with pytest.raises(InputError, match="unlucky"):
        map_frames(_prepare, _square, 3, [11, 12, 13, 14], workers=2)


def test_a_worker_that_dies_is_said() -> None:
    with pytest.raises(StageError, match="worker process stopped"):
        map_frames(_prepare, _square, 3, [1, 99], workers=2)
