"""Layouts on disk: TOML with a line of help beside every field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError

from setpiece.collapse.layout.model import Layout
from setpiece.errors import LayoutError
from setpiece.media.toml_file import read_toml, write_toml

_MOST_BYTES = 4_000_000
_CAMERA = {
    "focal": "focal length in pixels of `size`",
    "tilt": "degrees, positive looks up",
    "roll": "degrees, positive turns the camera clockwise",
    "eye_height": "metres above the building's foot",
    "focal_sigma": "one standard deviation [px]; 0 where the lens was given",
    "tilt_sigma": "one standard deviation [degrees]",
    "source": "where the focal length comes from",
}


def save_layout(layout: Layout, path: str | Path) -> None:
    """Write `layout` as commented TOML; the file appears whole or not at all.

    Raises:
        StoreError: the file cannot be written.
    """
    write_toml(_document(layout), path)


def load_layout(path: str | Path) -> Layout:
    """Read what `save_layout` wrote, or an artist edited.

    Raises:
        LayoutError: missing, not TOML (line named), or a field that is wrong (named).
    """
    path = Path(path)
    values = read_toml(path, LayoutError, "the layout.toml of a take", _MOST_BYTES)
    for prism in values.get("prisms") or []:
        if isinstance(prism, dict) and isinstance(prism.get("openings"), list):
            prism["openings"] = [_opening(path, o) for o in prism["openings"]]
    try:
        layout = Layout.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"]) or "the file"
        raise LayoutError(f"{path}: {where}: {first['msg']}; mend that field") from error
    _check(path, layout)
    return layout


def _opening(path: Path, row: Any) -> Any:
    names = ("face", "left", "right", "bottom", "top")
    if isinstance(row, list):
        if len(row) != len(names):
            raise LayoutError(f"{path}: openings: a row needs {', '.join(names)}, has {row}")
        return dict(zip(names, row, strict=True))
    return row


def _check(path: Path, layout: Layout) -> None:
    """What pydantic does not see: footprints and openings that make no sense."""
    import math

    from setpiece.collapse.layout.strokes import clean_outline

    if min(layout.size) < 16:
        raise LayoutError(f"{path}: size: {layout.size} is too small for a picture")
    try:
        clean_outline(layout.outline, *layout.size)
    except LayoutError as error:
        raise LayoutError(f"{path}: {error}") from error
    for k, prism in enumerate(layout.prisms):
        area, n = 0.0, len(prism.footprint)
        for (ax, ay), (bx, by) in zip(
            prism.footprint, prism.footprint[1:] + prism.footprint[:1], strict=True
        ):
            area += (ax * by - bx * ay) / 2
        if not math.isfinite(area) or area < 0.01:
            raise LayoutError(
                f"{path}: prisms.{k}.footprint: must go round counter-clockwise and have an area"
            )
        for j, o in enumerate(prism.openings):
            where = f"{path}: prisms.{k}.openings.{j}"
            if not 0 <= o.face < n:
                raise LayoutError(f"{where}: face {o.face} is not one of the {n} walls")
            if not (o.left < o.right and o.bottom < o.top):
                raise LayoutError(f"{where}: needs left < right and bottom < top")


def _document(layout: Layout) -> tomlkit.TOMLDocument:
    doc = tomlkit.document()
    doc.add(tomlkit.comment("Camera and building of this take. Edit, then run with --layout."))
    doc.add(tomlkit.comment("World: metres, z up, ground at z = 0, camera at (0, 0, eye_height)"))
    doc.add(tomlkit.comment("looking along +y; x to the right."))
    doc.add(tomlkit.nl())
    _put(doc, "size", list(layout.size), "plate width, height [px] that all pixels here refer to")
    _put(doc, "scale_source", layout.scale_source, "where metres come from")
    _put(doc, "proposed", layout.proposed, "true where the outline was found, not drawn")
    doc.add(tomlkit.comment("silhouette of the building [px], foreground included"))
    doc.add("outline", _rows([[round(x, 2), round(y, 2)] for x, y in layout.outline]))
    if layout.gaps:
        doc.add(tomlkit.comment("where one sees through the building [px], a polygon a row"))
        gaps = [[[round(x, 2), round(y, 2)] for x, y in gap] for gap in layout.gaps]
        doc.add("gaps", _rows(gaps))
    doc.add("notes", _rows(layout.notes))
    camera = tomlkit.table()
    for name, value in layout.camera.model_dump().items():
        _put(camera, name, round(value, 5) if isinstance(value, float) else value, _CAMERA[name])
    doc.add("camera", camera)
    prisms = tomlkit.aot()
    for prism in layout.prisms:
        prisms.append(_prism(prism.model_dump(mode="json")))
    doc.add("prisms", prisms)
    return doc


def _prism(values: dict[str, Any]) -> Any:
    t = tomlkit.table()
    t.add(tomlkit.comment("footprint: x, y [m], counter-clockwise from above"))
    t.add("footprint", _rows([[round(x, 4), round(y, 4)] for x, y in values["footprint"]]))
    for name, note in (
        ("base", "metres above the ground"), ("height", "of the walls [m]"),
        ("storeys", "of this block"), ("construction", "frame, masonry or timber"),
    ):  # fmt: skip
        value = values[name]
        _put(t, name, round(value, 4) if isinstance(value, float) else value, note)
    roof = tomlkit.inline_table()
    for name, value in values["roof"].items():
        roof.append(name, round(value, 4) if isinstance(value, float) else value)
    t.add(tomlkit.comment("kind: flat, gable, hip, pyramid; pitch in degrees; overhang [m]"))
    t.add("roof", roof)
    t.add(tomlkit.comment("windows and doors: wall (edge of the footprint), left, right along it,"))
    t.add(tomlkit.comment("bottom, top above the base [m]"))
    rows = [
        [o["face"], *(round(float(o[n]), 3) for n in ("left", "right", "bottom", "top"))]
        for o in values["openings"]
    ]
    t.add("openings", _rows(rows))
    return t


def _put(table: Any, name: str, value: Any, note: str) -> None:
    item = tomlkit.item(value)
    item.comment(note)
    table.add(name, item)


def _rows(rows: list[Any]) -> Any:
    """An array with one row a line."""
    array = tomlkit.array()
    for row in rows:
        array.append(row)
    return array.multiline(bool(rows))
