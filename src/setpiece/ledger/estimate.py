"""What a shot would have taken the traditional way, with where each figure is from."""

from __future__ import annotations

import math
import os
import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from setpiece.errors import InputError
from setpiece.ledger.settings import read_settings

SHIPPED = Path(__file__).with_name("estimate.toml")
Confidence = Literal["high", "medium", "low"]


class Traditional(BaseModel):
    """One shot of a task: hours of artists, elapsed hours and core-hours of machines, licences.

    The machines' figures are for `frames` of `width` x `height` pixels.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, str_max_length=400, str_min_length=1
    )

    frames: int = Field(gt=0)
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    artist_hours: float = Field(ge=0)
    artist_source: str
    artist_confidence: Confidence
    machine_hours: float = Field(ge=0)
    core_hours: float = Field(ge=0)
    machine_source: str
    machine_confidence: Confidence
    licence: float = Field(0.0, ge=0)
    licence_source: str
    licence_confidence: Confidence

    @property
    def hours(self) -> float:
        """From start to finish, artists and machines one after the other."""
        return self.artist_hours + self.machine_hours

    def scaled(self, frames: int, width: int, height: int) -> Traditional:
        """The same for a shot of another length and size: rendering, which is nearly all of the
        machines' work, grows with the number of pixels; artists' work is taken not to."""
        ratio = frames * width * height / (self.frames * self.width * self.height)
        return self.model_copy(
            update={
                "frames": frames, "width": width, "height": height,
                "machine_hours": self.machine_hours * ratio, "core_hours": self.core_hours * ratio,
            }
        )  # fmt: skip


class Estimate(BaseModel):
    """An estimate file; all its money is in `currency`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_max_length=400)

    name: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    artist_rate: float = Field(ge=0)
    core_rate: float = Field(ge=0)
    budget: float = Field(0.0, ge=0)
    exchange: dict[str, float] = {}
    tasks: dict[str, Traditional]
    sha256: str = ""

    def money(self, amount: float, currency: str) -> float:
        """An amount in the estimate's currency. Raises InputError where no rate is stated."""
        if currency == self.currency:
            return amount
        rate = self.exchange.get(currency)
        if rate is None or rate <= 0:
            raise InputError(
                f"There is money in {currency}, and the estimate {self.name!r} does not say what "
                f"that is in {self.currency}: put {currency} = ... under [exchange] "
                "(`setpiece ledger estimate` prints the file)."
            )
        return amount * rate

    def cost(self, task: Traditional) -> float:
        """What the task would have cost."""
        return (
            task.artist_hours * self.artist_rate + task.core_hours * self.core_rate + task.licence
        )


def load_estimate(path: Path | None = None) -> Estimate:
    """The estimate in `path`, else in $SETPIECE_ESTIMATE, else the one shipped here.

    Raises InputError that names the file and what is wrong in it.
    """
    if path is None:
        path = Path(os.environ.get("SETPIECE_ESTIMATE") or SHIPPED)
    return read_settings(path, Estimate, "estimate")


def read_money(text: str, what: str) -> tuple[float, str]:
    """The text "65 USD" as amount and currency. Raises InputError."""
    found = re.fullmatch(r"\s*(-?[0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([A-Za-z]{3})\s*", text)
    if found is None or not math.isfinite(float(found[1])):
        raise InputError(f'{what} {text[:40]!r}: write an amount and a currency, as "65 USD".')
    return float(found[1]), found[2].upper()
