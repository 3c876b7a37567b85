"""What a take's own record says of the people in it: a submission may say more, never less."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from setpiece.errors import InputError, NotCleared
from setpiece.ledger.scope import Likeness, same_name

RECORD = "take.json"
LARGEST = 64_000_000  # bytes


def check_use(take: str, folder: Path, final: bool, use: str, people: tuple[str, ...]) -> None:
    """Is a take submitted as what it is?

    Raises NotCleared where a watermarked test is to be final, InputError where its record says that
    somebody's face was altered and the submission does not.
    """
    record = _record(folder)
    if record.get("test") is True and final:
        raise NotCleared(
            f"{take}: is a test that nobody cleared; make the take itself, with consent on record."
        )
    altered = record.get("people")
    if not isinstance(altered, dict):
        return
    unnamed = [n for n in map(str, altered) if not any(same_name(n, p) for p in people)]
    if unnamed:
        raise InputError(
            f"{take}: its record says that {' and '.join(unnamed)} "
            f"{'is' if len(unnamed) == 1 else 'are'} altered in it; name everybody with --person."
        )
    if altered and use not in {k.value for k in Likeness}:
        raise InputError(
            f"{take}: somebody's likeness is altered in it; submit it with --use "
            f"{', '.join(k.value for k in Likeness)}."
        )


def _record(folder: Path) -> dict[str, Any]:
    path = folder / RECORD
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return {}
        record = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as the take's record ({error}).") from error
    return record if isinstance(record, dict) else {}
