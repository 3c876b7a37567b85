"""The talent scheduling problem as the literature writes it down, read from its files.

Scenes are shot one after another; every actor is paid for each day from their first scene to their
last, also for those on which they wait. The order with the lowest pay is looked for (Cheng, Diamond
and Lin, J. Optim. Theory Appl. 79, 1993; Garcia de la Banda, Stuckey and Chu, INFORMS J. Comput.
23, 2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from setpiece.errors import InputError

I64 = NDArray[np.int64]
LARGEST = 1_000_000  # bytes of a file
SCENES, ACTORS = 10_000, 1_000  # more than any film has
MONEY = 2**40  # of one actor a day, and days of one scene, multiplied and summed: far below int64


@dataclass(frozen=True)
class Instance:
    """Who plays in which scene, for what, and how long.

    Attributes:
        name: of the instance.
        plays: actor i is in scene j, (actors, scenes) bool.
        pay: of each actor for a unit of time, (actors,) int64, not negative.
        length: of each scene in units of time, (scenes,) int64, positive.
    """

    name: str
    plays: NDArray[np.bool_]
    pay: I64
    length: I64

    def __post_init__(self) -> None:
        actors, scenes = self.plays.shape
        if self.pay.shape != (actors,) or self.length.shape != (scenes,):
            raise InputError(f"{self.name}: each actor needs a wage and each scene a length.")
        if scenes == 0 or (self.pay < 0).any() or (self.length <= 0).any():
            raise InputError(f"{self.name}: wages are 0 or more, lengths and scenes 1 or more.")
        if int(self.pay.sum()) * int(self.length.sum()) > MONEY:
            raise InputError(f"{self.name}: wages and lengths are too large; use a larger unit.")

    @property
    def worked(self) -> int:
        """What all actors earn for the scenes they play in: no order changes it."""
        return int((self.plays * self.pay[:, None] * self.length[None, :]).sum())

    def cost(self, order: Sequence[int]) -> int:
        """What all actors are paid where scenes are shot in this order. Raises InputError."""
        if sorted(order) != list(range(len(self.length))):
            raise InputError(f"{self.name}: an order names each scene once.")
        length = self.length[list(order)]
        ends = length.cumsum()
        total = 0
        for plays, pay in zip(self.plays[:, list(order)], self.pay, strict=True):
            days = np.flatnonzero(plays)
            if len(days):
                total += int(pay) * int(ends[days[-1]] - ends[days[0]] + length[days[0]])
        return total


def read_instance(path: Path) -> Instance:
    """A file in the literature's format: a name; numbers of scenes and actors; for each actor
    a 0 or 1 for each scene, and the wage; the length of each scene.

    Raises InputError that names the file and what is wrong in it.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from error
    if len(data) > LARGEST:
        raise InputError(f"{path}: is larger than {LARGEST} bytes; that is no instance.")
    try:
        lines = [line for line in data.decode("ascii").splitlines() if line.strip()]
        numbers = [int(word) for line in lines[1:] for word in line.split()]
    except ValueError as error:
        raise InputError(
            f"{path}: after its first line, the name, there are whole numbers only ({error})."
        ) from None
    if len(numbers) < 2 or not (0 < numbers[0] <= SCENES and 0 < numbers[1] <= ACTORS):
        raise InputError(f"{path}: its second and third line say how many scenes and actors.")
    scenes, actors = numbers[:2]
    due = 2 + actors * (scenes + 1) + scenes
    if len(numbers) != due:
        raise InputError(
            f"{path}: {scenes} scenes and {actors} actors take {due} numbers; "
            f"it has {len(numbers)}."
        )
    if max(numbers) > MONEY:
        raise InputError(f"{path}: {max(numbers)} is too large a number.")
    rows = np.array(numbers[2 : 2 + actors * (scenes + 1)], np.int64).reshape(actors, scenes + 1)
    if not np.isin(rows[:, :-1], (0, 1)).all():
        raise InputError(f"{path}: an actor is in a scene (1) or not (0).")
    try:
        return Instance(
            lines[0].strip()[:200], rows[:, :-1] == 1, rows[:, -1].copy(),
            np.array(numbers[-scenes:], np.int64),
        )  # fmt: skip
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def random_instance(scenes: int, actors: int, seed: int) -> Instance:
    """Scenes an actor plays in uniform on 2 to all, wages on 1 to 100, lengths on 1 to 3.

    The distribution follows Cheng, Diamond and Lin (1993); numpy's PCG64 of this seed.
    """
    dice = np.random.default_rng(seed)
    plays = np.zeros((actors, scenes), bool)
    for i in range(actors):
        plays[i, dice.choice(scenes, dice.integers(2, scenes, endpoint=True), replace=False)] = True
    return Instance(
        f"random-{scenes}x{actors}-{seed}", plays,
        dice.integers(1, 100, actors, endpoint=True), dice.integers(1, 3, scenes, endpoint=True),
    )  # fmt: skip
