"""How large a hole can be filled, and what is said of one that cannot."""

from __future__ import annotations

from typing import Literal

from setpiece.errors import PlateError

# Shares of the frame. Measured with bench/cleanplate.py --grow; docs/checks.md has the figures.
TRUSTED = 0.40  # above it walls keep half of their texture and skies fall behind a smooth filling
STREET = 0.22  # the same where sky, houses and ground are all hidden: above it the skyline is off
PAINTED = 0.82  # above it so little is left that any filling is one texture over and over
BOTH = 0.03  # of a hole: sky, and ground, that count
LEAST_SOURCE = 0.06  # of the frame that texture may be taken from
NOTHING = 0.995  # above it not even the ground's colour is known

Way = Literal["fill", "fill with a warning", "paint"]


def limit(sky: float, ground: float) -> float:
    """Share of the frame that can be filled in good faith, by how much of the hole is expected to
    be sky and how much is ground below the horizon, 0..1."""
    return STREET if sky > BOTH and ground > BOTH else TRUSTED


def way_to_fill(share: float, source: float, trusted: float = TRUSTED) -> Way:
    """What is done with a hole of that share of the frame, where `source` of it may be copied and
    `trusted` can be filled in good faith (see `limit`).

    Raises:
        PlateError: nothing of the place is left to be seen.
    """
    if share > NOTHING:
        raise PlateError(
            f"the building covers {share:.1%} of the frame: nothing of the place behind it is left "
            "to go by. Give a clean plate of the same view (--clean-plate), a wider plate, or an "
            "outline that leaves the ground out."
        )
    if share > PAINTED or source < LEAST_SOURCE:
        return "paint"
    return "fill with a warning" if share > trusted else "fill"


def warning(share: float, painted: bool, trusted: float = TRUSTED) -> str:
    """What the artist is told of a hole past the limit."""
    what = (
        "there is nothing to copy from, and an open lot under a hazy sky was painted behind it"
        if painted
        else "what was hidden is invented from little, its houses and trees are others and repeat "
        "on a second look"
    )
    return (
        f"WARNING: the building covers {share:.0%} of the frame, more than the {trusted:.0%} that "
        f"can be filled in good faith: {what}. Give --clean-plate or a wider plate, or let dust "
        "hide it."
    )
