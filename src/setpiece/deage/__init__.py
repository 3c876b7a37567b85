"""An actor, and the same actor years younger (or older), with consent on file."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Department(ModuleType):
    """`from setpiece import deage` finds this package, whatever was imported before it; so the
    package can be called, and is then `setpiece.deage.asked.deage`.
    """

    def __call__(self, *args: Any, **options: Any) -> Any:
        from setpiece.deage.asked import deage

        return deage(*args, **options)


sys.modules[__name__].__class__ = _Department
