"""Money in whole cents, so that a budget adds up."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Annotated

from pydantic import Field

from setpiece.errors import InputError

MOST = 10**12  # cents of one rate: sums over any shoot stay far below int64
Cents = Annotated[int, Field(ge=0, le=MOST)]
_FORM = re.compile(r"[^\d.,+-]")


def cents(value: str | float | Decimal, what: str = "amount") -> int:
    """Cents of an amount as people write it: 1250, "1,250.50", "1.250,50", "1 250 EUR".

    Raises InputError that names `what` for words, negative or monstrous amounts.
    """
    text = str(value).strip()
    number = _FORM.sub("", text)
    comma, point = number.rfind(","), number.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "," if point > comma else "."
        number = number.replace(thousands, "").replace(",", ".")
    elif comma >= 0:
        number = number.replace(",", "" if re.search(r",\d{3}$", number) else ".")
    try:
        amount = Decimal(number)
    except InvalidOperation:
        raise InputError(f"{what}: {text[:40]!r} is no amount; write a number, 1250.00.") from None
    if not 0 <= amount * 100 <= MOST:
        raise InputError(f"{what}: {text[:40]!r} is negative or too large; write 0 or more.")
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


def spoken(amount: int, currency: str = "") -> str:
    """125050 as "1,250.50 EUR"; whole amounts without the cents."""
    sign, amount = "-" if amount < 0 else "", abs(amount)
    whole, rest = divmod(amount, 100)
    return f"{sign}{whole:,}{f'.{rest:02d}' if rest else ''} {currency}".strip()
