"""A standing building in a plate, brought down."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Department(ModuleType):
    """`from setpiece import collapse` finds this package, whatever was imported before it; so the
    package can be called, and is then `setpiece.collapse.shot.collapse`.
    """

    def __call__(self, *args: Any, **options: Any) -> Any:
        from setpiece.collapse.shot import collapse

        return collapse(*args, **options)


sys.modules[__name__].__class__ = _Department
