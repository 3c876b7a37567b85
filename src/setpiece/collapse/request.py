"""What the artist asked for, checked before anything slow runs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from setpiece.errors import InputError

Point = tuple[float, float]
Quality = Literal["draft", "final"]


class Request(BaseModel):
    """One order for a collapse. Pixel coordinates are the plate's own (before --size).

    size: box (width, height) that the picture is fitted into, aspect kept, never cropped.
    fps: None takes the clip's own rate, or 24 for a still.
    shadow: foot of something upright on the ground, tip of its shadow, and (optional) its top.
    sun: azimuth (0 is away from the camera, 90 to its right) and elevation [degrees]; overrides.
    layout, brief_file: files that an earlier run wrote and a person may have edited.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    plate: Path
    brief: str = ""
    brief_file: Path | None = None
    brief_model: str | None = None
    layout: Path | None = None
    outline: tuple[Point, ...] = ()
    lines: tuple[tuple[Point, Point], ...] = ()
    walls: tuple[tuple[Point, Point, Point, Point], ...] = ()
    lens: float | None = Field(None, gt=3, lt=2000)
    height: float | None = Field(None, gt=1, lt=900)
    storeys: int | None = Field(None, ge=1, le=120)
    bays: int | None = Field(None, ge=1, le=200)
    roof: str | None = None
    eye_height: float | None = Field(None, gt=0, lt=2000)
    foreground: Path | None = None
    foreground_shapes: tuple[tuple[Point, ...], ...] = ()
    clean_plate: Path | None = None
    shadow: tuple[Point, ...] = ()
    sun: tuple[float, float] | None = None
    colorspace: str | None = None
    frames: int = Field(96, ge=2, le=100_000)
    fps: Fraction | None = None
    size: tuple[int, int] = (1280, 720)
    fragments: int = Field(1500, ge=100, le=20_000)
    quality: Quality = "final"
    seed: int = Field(7, ge=0, le=2**31 - 1)
    show: str = "show"
    sequence: str = "sq010"
    shot: str | None = None

    @staticmethod
    def check(**asked: Any) -> Request:
        """Build a request; raises InputError that names each field which is out of range."""
        try:
            request = Request(**{k: v for k, v in asked.items() if v is not None})
        except ValidationError as error:
            lines = [
                f"--{'-'.join(str(p) for p in e['loc'][:1]).replace('_', '-')} "
                f"{e['input']!r}: {e['msg'].lower()}"
                for e in error.errors()
            ]
            raise InputError("; ".join(lines) + ".") from error
        w, h = request.size
        if not (64 <= w <= 8192 and 64 <= h <= 8192):
            raise InputError(f"--size {w}x{h}: both sides must be from 64 to 8192 pixels.")
        if request.fps is not None and not 1 <= request.fps <= 240:
            raise InputError(f"--fps {request.fps}: must be from 1 to 240 frames a second.")
        for name in ("layout", "brief_file", "foreground", "clean_plate"):
            path = getattr(request, name)
            if path is not None and not path.is_file():
                what = "a folder, not a file" if path.is_dir() else "not there"
                raise InputError(f"--{name.replace('_', '-')} {path}: is {what}; check the path.")
        return request

    @property
    def shot_name(self) -> str:
        """The shot's name: given, or the plate's file name."""
        return self.shot or self.plate.stem
