"""The text below layout.png."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from setpiece.collapse.layout.model import Layout
from setpiece.collapse.layout.pictures import U8
from setpiece.collapse.layout.shapes import layout_faces
from setpiece.collapse.layout.vanishing import DIAGONAL
from setpiece.render.light import Light

_DOT = (255, 70, 150)


def panel(layout: Layout, light: Light | None, width: int, unit: float) -> U8:
    """The text below the plate."""
    c = layout.camera
    diagonal = float(np.hypot(*layout.size))
    mm, sigma = c.focal / diagonal * DIAGONAL, c.focal_sigma / diagonal * DIAGONAL
    points = np.concatenate([np.asarray(p.footprint) for p in layout.prisms])
    main = max(layout.prisms, key=lambda p: p.height * np.ptp(np.asarray(p.footprint), 0).sum())
    f = np.asarray(main.footprint)
    sides = np.linalg.norm(np.roll(f, -1, 0) - f, axis=1)
    top = max(float(x.points[:, 2].max()) for x in layout_faces(layout.prisms))
    size = (
        f"{sides[0]:.1f} x {sides[1]:.1f} m"
        if len(f) == 4
        else f"{np.ptp(points, 0)[0]:.1f} m across"
    )
    count = sum(p.storeys for p in layout.prisms) if main.construction == "timber" else main.storeys
    storeys = f"{count} storey" + ("s" if count != 1 else "")
    first = [
        ("LENS", f"{mm:.0f} mm" + (f" ± {sigma:.0f}" if sigma > 0.3 else "") + f"  ({c.source})"),
        ("TILT", f"{c.tilt:+.1f}° ± {c.tilt_sigma:.1f}°,  roll {c.roll:+.1f}°"),
        ("EYE", f"{c.eye_height:.1f} m above the building's foot"),
        ("BUILDING", f"{size}, {top:.1f} m high, {storeys}, {main.construction}"),
        ("SCALE", layout.scale_source),
        ("OUTLINE", "proposed, please check" if layout.proposed else "drawn by the artist"),
    ]
    if light is not None:
        first.append(("SUN", f"{light.source} (± {light.uncertainty:.0f}°)"))
    body = ImageFont.load_default(size=round(15 * unit))
    line = round(23 * unit)
    left, middle = round(18 * unit), round(width * 0.52)
    probe = ImageDraw.Draw(Image.new("RGB", (8, 8)))
    key = round(104 * unit)
    rows: list[tuple[str, str]] = []
    for name, text in first:
        for k, part in enumerate(_wrap(probe, text, body, middle - left - key - 12 * unit)):
            rows.append((name if k == 0 else "", part))
    notes: list[tuple[bool, str]] = []
    for note in layout.notes:
        for k, part in enumerate(_wrap(probe, note, body, width - middle - 44 * unit)):
            notes.append((k == 0, part))
    height = round(16 * unit) * 2 + line * max(len(rows), len(notes))
    sheet = Image.new("RGB", (width, height), (22, 23, 27))
    draw = ImageDraw.Draw(sheet)
    draw.line([(0, 0), (width, 0)], fill=(70, 72, 80), width=max(1, round(unit)))
    y = round(14 * unit)
    for k, (name, text) in enumerate(rows):
        draw.text((left, y + k * line), name, fill=(130, 136, 150), font=body)
        draw.text((left + key, y + k * line), text, fill=(235, 236, 240), font=body)
    for k, (new, text) in enumerate(notes):
        if new:
            r = 2.5 * unit
            cx, cy = middle, y + k * line + 10 * unit
            draw.ellipse([cx - r, cy - r, cx + r, cy + r], fill=_DOT)
        draw.text((middle + 14 * unit, y + k * line), text, fill=(205, 207, 214), font=body)
    return np.asarray(sheet)


def _wrap(draw: ImageDraw.ImageDraw, text: str, face: object, width: float) -> list[str]:
    lines, now = [], ""
    for word in text.split():
        longer = f"{now} {word}".strip()
        if now and draw.textlength(longer, font=face) > width:  # type: ignore[arg-type]
            lines.append(now)
            now = word
        else:
            now = longer
    return [*lines, now] if now else lines or [""]
