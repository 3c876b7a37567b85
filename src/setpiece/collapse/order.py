"""The same order twice: the take that it made is found instead of made again."""

from __future__ import annotations

import json
from pathlib import Path

from setpiece import __version__
from setpiece.collapse.request import Request
from setpiece.collapse.shot import STAGE_VERSION
from setpiece.farm import hash_file, hash_source, key_of
from setpiece.media.plate import open_plate
from setpiece.show import TakeResult


def order_key(request: Request, plate_hash: str) -> str:
    """Changes with whatever the take depends on: options, files' contents, this program."""
    files = {"plate", "layout", "brief_file", "foreground", "clean_plate"}
    light = request.layout.with_name("light.toml") if request.layout else None
    given = [request.layout, light, request.brief_file, request.foreground, request.clean_plate]
    return key_of(
        request.model_dump(mode="json", exclude=files),
        request.shot_name,
        plate_hash,
        [hash_file(p) if p is not None and p.is_file() else None for p in given],
        STAGE_VERSION,
        __version__,
    )


def made_before(request: Request, out: Path) -> TakeResult | None:
    """The newest take under `out` that this very order made, if it is there and whole.

    None too where a server reads the brief: it may answer differently. Raises as `open_plate`.
    """
    records = sorted(out.glob("[!.]*/take.json"), key=lambda p: p.stat().st_mtime, reverse=True)
    if request.brief_model is not None or not records:
        return None
    key = order_key(
        request, hash_source(open_plate(request.plate, colorspace=request.colorspace).path)
    )
    for path in records:
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # somebody's own file of that name
            continue
        if not isinstance(record, dict) or record.get("order") != key:
            continue
        movie = path.parent / f"{path.parent.name}.mp4"
        if movie.is_file() and (path.parent / "exr").is_dir():
            return TakeResult(path.parent, movie, record["checks"], record)
    return None
