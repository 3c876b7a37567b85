"""Setpiece: bring a plate and a sentence, get a finished shot.

>>> from setpiece import collapse                                        # doctest: +SKIP
>>> take = collapse("house.jpg", brief="at 1 s it pancakes, heavy dust")  # doctest: +SKIP
>>> take.movie, take.checks                                              # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "collapse", "deage", "takes"]


def __getattr__(name: str) -> Any:
    # The departments import numba and embree; start-up stays under 0.3 s without them.
    from importlib import import_module

    if name in ("collapse", "deage"):
        return import_module(f"setpiece.{name}")  # a package that can be called
    if name == "takes":
        return import_module("setpiece.collapse.variations").takes
    raise AttributeError(f"module 'setpiece' has no attribute {name!r}")
