"""The director's sentence as a model that the later stages obey."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Mode(StrEnum):
    """How it comes down."""

    PANCAKE = "pancake"  # storey by storey, straight down
    TOPPLE = "topple"  # leans over and falls to a side
    IMPLODE = "implode"  # the core goes first, walls fall inwards
    FOLD = "fold"  # breaks its back in the middle
    PROGRESSIVE = "progressive"  # runs from the point of failure through the whole
    PARTIAL = "partial"  # a part falls, the rest stays up


class Side(StrEnum):
    """As seen from the camera."""

    LEFT = "left"
    RIGHT = "right"
    FRONT = "front"  # towards the camera
    BACK = "back"  # away from it
    CENTRE = "centre"
    ALL = "all"


class Brief(BaseModel):
    """What the director asked for. Directions are as seen from the camera.

    Attributes:
        start: when the first thing gives way [s] after the first frame.
        mode: how it comes down. then: what it does on the way, after that, if anything
            ("topples, then folds").
        failure_side: where it fails.
        failure_storeys: storeys that fail, 0 is the ground floor, -1 the top one; empty means
            that the mode chooses.
        direction: which way it falls; CENTRE means straight down.
        spread: how fast the failure runs through the building [m/s]; None means the mode's own.
        dust: 0 none, 1 normal, 2 heavy, 3 very heavy (real number).
        wind_from: where the wind comes from. wind_speed: [m/s], 0 is calm.
        debris: 0 none, 1 normal, 2 a lot.
        shake: camera shake when the mass lands, 0 none, 1 normal, 2 strong.
        slow: 1 is real time; 0.5 runs at half speed.
        not_understood: words that the reader could not use, for the artist to see.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = ""
    language: str = "en"
    start: float = Field(1.0, ge=0.0, le=600.0)
    mode: Mode = Mode.PROGRESSIVE
    then: Mode | None = None
    failure_side: Side = Side.ALL
    failure_storeys: tuple[int, ...] = ()
    direction: Side = Side.CENTRE
    spread: float | None = Field(None, gt=0.0, le=400.0)
    dust: float = Field(1.0, ge=0.0, le=3.0)
    wind_from: Side = Side.CENTRE
    wind_speed: float = Field(0.0, ge=0.0, le=40.0)
    debris: float = Field(1.0, ge=0.0, le=3.0)
    shake: float = Field(0.0, ge=0.0, le=2.0)
    slow: float = Field(1.0, ge=0.1, le=1.0)
    not_understood: tuple[str, ...] = ()

    def words(self) -> str:
        """The brief as English sentences, which read back to the same brief."""
        from setpiece.collapse.brief_say import say

        return say(self)


def save_brief(brief: Brief, path: str | Path) -> None:
    """Write a brief as commented TOML, made to be edited by hand.

    Raises:
        BriefError: the file cannot be written.
    """
    from setpiece.collapse.brief_toml import write

    write(brief, Path(path))


def load_brief(path: str | Path) -> Brief:
    """Read what `save_brief` wrote, or an artist edited.

    Raises:
        BriefError: missing, not TOML, or a field that is unknown or out of range (named).
    """
    from setpiece.collapse.brief_toml import read

    return read(Path(path))
