"""The colours of strips, as boards have had them since they were cardboard.

Day interiors are white, day exteriors yellow, night interiors blue, night exteriors green; dawn
and dusk have colours of their own, since they are half an hour a day. Strips also say INT or EXT
and the light in letters: a black-and-white copy still reads.
"""

from __future__ import annotations

from typing import NamedTuple


class StripColour(NamedTuple):
    name: str  # for the legend
    fill: str  # of the strip, #rrggbb
    edge: str  # its rule, darker


_COLOURS = {
    ("INT", "D"): StripColour("Day interior", "#ffffff", "#b9b9b4"),
    ("EXT", "D"): StripColour("Day exterior", "#fbe77c", "#c9b03c"),
    ("INT", "N"): StripColour("Night interior", "#a9cbee", "#6f98c4"),
    ("EXT", "N"): StripColour("Night exterior", "#a3d6a0", "#679f64"),
    ("INT", "DAWN"): StripColour("Dawn interior", "#fbdde4", "#cf9fac"),
    ("EXT", "DAWN"): StripColour("Dawn exterior", "#f6b9c6", "#c77f90"),
    ("INT", "DUSK"): StripColour("Dusk interior", "#e6dcf3", "#ab9cc4"),
    ("EXT", "DUSK"): StripColour("Dusk exterior", "#cdb8e6", "#937ab5"),
}
DAY_BREAK = StripColour("End of day", "#23262b", "#23262b")  # lettered in white
BANNER = StripColour("Banner", "#d9d6cf", "#a9a59b")
UNKNOWN = StripColour("Not said", "#ecebe8", "#b9b9b4")


def strip_colour(setting: str, light: str) -> StripColour:
    """Of a strip. A scene that is both inside and out (INT/EXT) needs the weather, as EXT does."""
    return _COLOURS.get(("EXT" if "EXT" in setting else setting, light), UNKNOWN)


def legend() -> tuple[StripColour, ...]:
    """Every colour, for the foot of a board."""
    return (*_COLOURS.values(), DAY_BREAK, BANNER)
