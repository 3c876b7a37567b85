"""Blocks beside and on the main one, for what it leaves uncovered."""

from __future__ import annotations

from setpiece.collapse.layout.fit import Target
from setpiece.collapse.layout.model import Prism


def add_blocks(prisms: list[Prism], target: Target, yaw: float) -> list[Prism]:
    """`prisms` and what else the outline needs."""
    return prisms
