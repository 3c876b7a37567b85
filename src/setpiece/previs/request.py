"""What is asked of previs, checked before any work is done."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from setpiece.errors import InputError
from setpiece.show import slug

STYLES = ("ink", "pencil", "clay")
ASPECTS = ("2.39", "1.85", "16:9")


class Request(BaseModel):
    """An order for boards; `check` makes one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    script: Path
    scenes: str | None = None
    style: str = "ink"
    aspect: str = "2.39"
    shots: Path | None = None
    cast: Path | None = None
    revises: Path | None = None
    fps: Fraction = Fraction(24)
    animatic: bool = True
    voices: bool = True
    engine: str = "native"
    server: str | None = None
    workflow: Path | None = None
    model: str | None = None
    engine_timeout: float = 300.0
    shot_model: str | None = None
    show: str = "show"

    @property
    def shot_name(self) -> str:
        """What the take is filed under: the script's name."""
        return slug(self.script.stem)


def check(script: Path | str, **options: Any) -> Request:
    """An order out of options; names, not contents, are checked here.

    Raises InputError that names the option.
    """
    options = {k: v for k, v in options.items() if v is not None}
    for name, known in (("style", STYLES), ("aspect", ASPECTS)):
        value = options.get(name, known[0])
        if value not in known:
            raise InputError(f"--{name} {str(value)[:40]!r}: there are {', '.join(known)}.")
    fps = Fraction(options.get("fps", 24))
    if not Fraction(1) <= fps <= 120:
        raise InputError(f"--fps {float(fps):g}: boards run at 1 to 120 frames a second.")
    for name in ("shots", "cast", "workflow"):
        if name in options and not Path(options[name]).is_file():
            raise InputError(f"--{name} {options[name]}: there is no such file.")
    if "revises" in options and not Path(options["revises"]).is_dir():
        raise InputError(f"--revises {options['revises']}: there is no such folder.")
    if "shots" in options and "shot_model" in options:
        raise InputError("--shots and --shot-model both make the shot list; give one of them.")
    if not str(options.get("show", "show")).strip():
        raise InputError("--show: a show needs a name.")
    return Request(script=Path(script), **options)
