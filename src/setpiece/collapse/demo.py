"""The main shot from a real photograph: a tower in Beijing comes down behind its trees.

Photograph: "china.jpg", CC BY 2.0, by danielbuechele; it travels inside scikit-learn's wheel.
"""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from setpiece.collapse.shot import collapse
from setpiece.errors import MissingExtra, PlateError
from setpiece.farm import Watcher

if TYPE_CHECKING:
    from setpiece.show import TakeResult

PHOTOGRAPH = "china.jpg"
SHA256 = "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29"
BRIEF = (
    "at 0.5 s the second floor gives way on the right; the tower topples right and folds, "
    "heavy dust, light wind from the left"
)
# What an artist would bring: the layout corrected by hand, the trees in front painted, and the sun:
# it lights the walls on the right and none of those in front, and the roofs whole.
_HERE = Path(__file__).parent
STROKES: dict[str, Any] = {
    "layout": _HERE / "demo_layout.toml",
    "foreground": _HERE / "demo_foreground.png",
    "sun": (65.0, 45.0),
}


def photograph() -> Path:
    """The demo's plate. Raises MissingExtra where scikit-learn is not installed."""
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise MissingExtra(
            "the demo's photograph comes with scikit-learn: pip install 'setpiece[demo]'."
        )
    path = Path(spec.origin).parent / "datasets" / "images" / PHOTOGRAPH
    if not path.is_file():
        raise MissingExtra(f"{path}: is not in this scikit-learn; pip install 'setpiece[demo]'.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise PlateError(f"{path}: is not the photograph the demo's strokes were drawn on.")
    return path


def make_demo(
    out: str | Path,
    *,
    watcher: Watcher | None = None,
    workers: int | None = None,
    **options: Any,
) -> TakeResult:
    """Make the demo's 96-frame shot; options override those of the demo."""
    asked: dict[str, Any] = {
        "frames": 96, "size": (1280, 720), "fragments": 1500, "show": "demo", "shot": "tower",
        **STROKES, **options,
    }  # fmt: skip
    return collapse(photograph(), BRIEF, out=out, watcher=watcher, workers=workers, **asked)
