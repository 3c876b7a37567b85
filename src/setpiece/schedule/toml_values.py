"""Values of a cal.toml on their way into the model; whatever is wrong is named by its key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from setpiece.errors import InputError
from setpiece.schedule.breakdown_csv import wrong
from setpiece.schedule.model import DateRange, fail
from setpiece.schedule.money import cents

M = TypeVar("M", bound=BaseModel)
_MONEY = frozenset(("rate", "hold_rate", "unit_day", "move_cost", "weather_loss", "fee",
                    "overtime_rate"))  # fmt: skip
_RANGES = frozenset(("away", "permits", "closed"))


def plain(table: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
    """Money to cents and ranges to dates; other values as they are."""
    out: dict[str, Any] = {}
    for key, value in table.items():
        if key in _MONEY:
            out[key] = read_by(lambda v, k=key: cents(v, k), value, name, where)
        elif key in _RANGES:
            out[key] = tuple(
                date_range(v, name, f"{where}, {key}") for v in as_list(value, name, key)
            )
        elif isinstance(value, list):
            out[key] = tuple(value)
        else:
            out[key] = value
    return out


def date_range(value: Any, name: str, where: str) -> DateRange:
    if isinstance(value, date) and not isinstance(value, datetime):
        return DateRange(first=value, last=value)
    found = re.fullmatch(
        r"(\d{4}-\d\d-\d\d)(?:\s*(?:\.\.|to|/)\s*(\d{4}-\d\d-\d\d))?", str(value).strip()
    )
    try:
        if not found:
            raise ValueError('write a date, or two: "2027-03-09..2027-03-12"')
        first = date.fromisoformat(found[1])
        return DateRange(first=first, last=date.fromisoformat(found[2]) if found[2] else first)
    except ValidationError as error:
        raise wrong(error, f"{name}: {where}") from None
    except ValueError as error:
        raise fail(name, f"{where}: {str(value)[:40]!r}: {error}.") from None


def read_by(how: Any, value: Any, name: str, where: str) -> Any:
    try:
        return how(str(value))
    except InputError as error:
        raise fail(name, f"{where}, {error}") from None
    except ValueError as error:
        raise fail(name, f"{where}: {str(value)[:40]!r} {error}.") from None


def made(kind: type[M], values: Mapping[str, Any], name: str, where: str) -> M:
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        raise wrong(error, f"{name}: {where}") from None


def as_table(value: Any, name: str, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise fail(name, f"{what} must be a table, [{what}].")
    return value


def as_list(value: Any, name: str, what: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise fail(name, f"{what} must be a list: [[{what}]] for a table, or [ ... ].")
    return list(value)
