"""The same order twice: the boards that it made are found instead of made again."""

from __future__ import annotations

import json
from pathlib import Path

from setpiece import __version__
from setpiece.farm import hash_file, key_of
from setpiece.previs.request import Request
from setpiece.show import TakeResult


def order_key(request: Request) -> str:
    """Changes with whatever boards depend on: options, what the files hold, this program."""
    files = [request.script, request.shots, request.cast, request.workflow]
    record = request.revises / "take.json" if request.revises else None
    boards = request.revises / "boards.json" if request.revises else None
    return key_of(
        request.model_dump(mode="json", exclude={"script", "shots", "cast", "workflow", "revises"}),
        request.shot_name,
        [hash_file(p) if p is not None and p.is_file() else None for p in (*files, record, boards)],
        __version__,
    )


def made_before(order: str, request: Request, out: Path) -> TakeResult | None:
    """The newest boards under `out` that this very order made, if they are there and whole.

    None too where a server proposes the shots: it may answer differently.
    """
    if request.shot_model is not None:
        return None
    records = sorted(out.glob("[!.]*/take.json"), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in records:
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # somebody's own file of that name
            continue
        if not isinstance(record, dict) or record.get("order") != order:
            continue
        shown = path.parent / str(record.get("shown", ""))
        if shown.is_file() and (path.parent / "boards.json").is_file():
            return TakeResult(path.parent, shown, record["checks"], record)
    return None
