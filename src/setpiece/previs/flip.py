"""The boards as one HTML page to flip through: everything in it, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from setpiece.media.atomic import whole_file
from setpiece.previs.storyboard import Panel, Storyboard

WIDE = 960  # px of a picture in the page
QUALITY = 68  # of WebP: a panel is lines and a few tones


def write_flip(path: Path, film: Storyboard, folder: Path) -> None:
    """The page, with the pictures that `film` names in `folder` inside it.

    All text stands in it as data and is shown as text; its policy allows no script but its own, no
    request at all. Raises StoreError.
    """
    fill_flip(path, film, lambda panel: picture_uri(folder / panel.picture, panel.box))


def fill_flip(path: Path, film: Storyboard, picture: Callable[[Panel], str]) -> None:
    """The same, with pictures from a function that returns a data: address."""
    room = files("setpiece.previs")
    page = room.joinpath("flip_page.html").read_text("utf-8")
    script = room.joinpath("flip_page.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    # A closing tag, or the opening of a comment, would end the data early in a script element.
    data = json.dumps(_told(film, picture), ensure_ascii=False, separators=(",", ":"))
    data = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    title = html.escape(f"{film.title}: boards {film.version}".strip())
    filled = {"TITLE": title, "SCRIPT_HASH": f"sha256-{digest}", "SCRIPT": script, "DATA": data}
    # In one go: a film may be called {{DATA}}.
    page = re.sub(r"\{\{([A-Z_]+)\}\}", lambda m: filled[m[1]], page)
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8", errors="replace")


def picture_uri(path: Path, box: tuple[float, float, float, float]) -> str:
    """The part of a picture file in `box` (shares) as a data: address (WebP)."""
    from PIL import Image

    with Image.open(path) as image:
        w, h = image.size
        x, y = box[0] * w, box[1] * h
        shown = image.convert("RGB").crop(
            (round(x), round(y), round(x + box[2] * w), round(y + box[3] * h))
        )
        if shown.width > WIDE:
            shown = shown.resize((WIDE, round(shown.height * WIDE / shown.width)))
        buffer = BytesIO()
        shown.save(buffer, "WEBP", quality=QUALITY, method=2)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def _told(film: Storyboard, picture: Callable[[Panel], str]) -> dict[str, Any]:
    counts: dict[str, int] = {}
    told, first = [], 0
    for p in film.panels:
        who = dict.fromkeys((*p.people, *(s.who for s in p.speeches)))
        for name in who:
            counts[name] = counts.get(name, 0) + 1
        told.append(
            {
                "shot": p.shot, "name": p.name, "scene": p.scene, "slugline": p.slugline,
                "title": p.title, "people": list(p.people), "action": p.action,
                "said": [[s.who, s.words] for s in p.speeches],
                "sounds": [s.what for s in p.sounds], "reason": p.reason, "edited": p.edited,
                "flags": list(p.flags), "changed": list(p.changed),
                "seconds": round(float(p.frames / film.fps), 3),
                "start": round(float(first / film.fps), 2), "picture": picture(p),
            }
        )  # fmt: skip
        first += p.frames
    return {
        "title": film.title, "author": film.author, "draft": film.draft, "version": film.version,
        "aspect": film.aspect, "seconds": round(film.seconds, 2), "panels": told,
        "cast": [[name, counts[name]] for name in film.cast()],
    }  # fmt: skip
