"""The board as one page: strips are dragged, and what that costs and breaks is seen at once."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from setpiece.media.atomic import whole_file
from setpiece.schedule.colours import legend
from setpiece.schedule.model import Plan
from setpiece.schedule.stripboard_data import page_data


def write_stripboard_page(plan: Plan, path: Path) -> Path:
    """One file that needs no other and loads nothing from anywhere.

    Nothing of the plan becomes markup or script: it travels as JSON, is shown as text, and the page
    runs its own script only. Raises StoreError (the disk).
    """
    script = f"{_asset('price.js')}\n{_asset('board.js')}"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    swatches = "".join(
        f'<span style="--fill:{c.fill};--edge:{c.edge}">{html.escape(c.name)}</span>'
        for c in legend()
    )
    parts = {
        "hash": f"'sha256-{digest}'",
        "title": html.escape(plan.breakdown.title or "Untitled"),
        "style": _asset("board.css"),
        "legend": swatches,
        "script": script,
        "data": embedded(page_data(plan)),
    }
    # In one pass, so that a name such as {{script}} in a title is text and nothing else.
    page = re.sub(r"\{\{(\w+)\}\}", lambda m: parts[m[1]], _asset("board.html"))
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8")
    return path


def embedded(data: Any) -> str:
    """JSON that may stand inside a script element: it cannot end it, nor begin a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"),
                         ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):  # fmt: skip
        text = text.replace(sign, escape)
    return text


def _asset(name: str) -> str:
    return (files("setpiece.schedule") / "page" / name).read_text(encoding="utf-8")
