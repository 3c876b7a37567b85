"""Frames that are there count; those that Ctrl-C caught half do not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from setpiece.collapse import frames
from setpiece.farm import Meter


def test_facts_that_ctrl_c_caught_half_are_not_taken_for_a_frame(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[list[int]] = []

    def farm(_prepare: Any, _make: Any, _told: Any, todo: list[int], **how: Any) -> None:
        asked.append(list(todo))
        for frame in todo:
            how["done"](frame, {"active": False}, 0.1)

    write = Path.write_text

    def stopped(path: Path, text: str, **kw: Any) -> int:
        if "1002" not in path.name:
            return write(path, text, **kw)
        write(path, text[: len(text) // 2], **kw)
        raise KeyboardInterrupt

    monkeypatch.setattr(frames, "map_frames", farm)
    shot: Any = SimpleNamespace(request=SimpleNamespace(frames=3))
    monkeypatch.setattr(Path, "write_text", stopped)
    with Meter() as meter, pytest.raises(KeyboardInterrupt):
        frames.render_frames(shot, 1, tmp_path, lambda _share: None, meter)
    assert [p.name for p in tmp_path.iterdir()] == ["1001.json"]
    monkeypatch.setattr(Path, "write_text", write)
    with Meter() as meter:
        frames.render_frames(shot, 1, tmp_path, lambda _share: None, meter)
    assert asked == [[0, 1, 2], [1, 2]]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1001.json", "1002.json", "1003.json"]
