"""What workers share: the same value, in memory once, and nobody's writing reaches the others."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from setpiece.farm import map_frames
from setpiece.farm.shared import on_disk, opened


def prepare(seed: int) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    return {"by": os.getpid(), "rows": rng.random((50, 40, 3)), "down": rng.random((7, 5)).T}


def make(context: dict, frame: int) -> tuple[int, int, float]:
    context["rows"] += 1  # a worker that spoils its own
    return context["by"], os.getpid(), float(context["down"].sum())


def test_a_value_comes_back_with_its_arrays_and_each_reader_writes_on_its_own(tmp_path: Path):
    value = prepare(3)
    with on_disk(value, tmp_path) as path:
        first, second = opened(path), opened(path)
        first["rows"][:] = 0
    for name in ("rows", "down"):
        assert np.array_equal(second[name], value[name])
        assert second[name].ctypes.data % 16 == 0
    assert list(tmp_path.iterdir()) == []
    assert np.array_equal(second["rows"], value["rows"])  # read after the file has gone


def test_the_file_goes_when_work_fails(tmp_path: Path):
    with pytest.raises(RuntimeError), on_disk([1], tmp_path):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_workers_read_what_one_process_prepared(tmp_path: Path):
    found = map_frames(prepare, make, 3, [0, 1, 2], workers=2, share=tmp_path)
    told = {by for by, _, _ in found.values()}
    assert told == {os.getpid()}
    assert os.getpid() not in {own for _, own, _ in found.values()}
    assert {total for _, _, total in found.values()} == {float(prepare(3)["down"].sum())}
    assert list(tmp_path.iterdir()) == []
