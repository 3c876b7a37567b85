"""What one clause of a brief orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from setpiece.collapse import brief_words as words
from setpiece.collapse.brief import Mode, Side
from setpiece.collapse.brief_measures import Item

_OPPOSITE = {
    Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT, Side.FRONT: Side.BACK, Side.BACK: Side.FRONT,
    Side.CENTRE: Side.CENTRE, Side.ALL: Side.ALL,
}  # fmt: skip
_VERBS = ("mode", "fall", "fail", "stand", "spread")
_CONTENT = (
    "word", "number", "ordinal", "side", "amount", "pace", "rate", "share", "duration", "floor",
    "top", "bottom", "m/s", "percent", "minute", "frame", "way", "away", "stand", "late", "storeys",
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """A value for one field of the Brief, and the characters that it was read from.

    A soft order is a hint that gives way to any firm one.
    """

    field: str
    value: Any
    start: int
    end: int
    soft: bool = False


class _Clause:
    """The items of one clause, what has been used of them, and the orders so far."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self.used: set[int] = set()
        self.orders: list[Order] = []

    def at(self, *kinds: str) -> list[int]:
        return [i for i, item in enumerate(self.items) if item.kind in kinds]

    def free(self, *kinds: str) -> list[int]:
        return [i for i in self.at(*kinds) if i not in self.used]

    def order(self, field: str, value: Any, *places: int, soft: bool = False) -> None:
        self.used.update(places)
        self.orders.append(Order(field, value, self.items[0].start, self.items[-1].end, soft))


def read_clause(
    items: list[Item], text: str, inherited: Item | None
) -> tuple[list[Order], list[Item], Item | None]:
    """Read one clause.

    Args:
        items: the clause, without joining words.
        text: the whole brief.
        inherited: the amount or the negation of the clause that an "and" joins this one to:
            "no dust or debris", "heavy dust and debris".

    Returns:
        its orders, the items that carry meaning but were not used, and what a clause joined by
        "and" would inherit.
    """
    clause = _Clause(items)
    handed = _topics(clause, inherited)
    _slow(clause)
    _times(clause)
    _wind_sides(clause)
    _events(clause)
    left = [items[i] for i in clause.free(*_CONTENT)]
    return clause.orders, left, handed


def _times(clause: _Clause) -> None:
    """When it starts. "Strong shaking from the start" says that of the shaking: no start."""
    if clause.at("topic", "gale", "slow") and not clause.at(*_VERBS, "storeys"):
        clause.items[:] = [
            Item("late", None, item.start, item.end) if item.kind == "time" else item
            for item in clause.items
        ]
    waits = clause.at("stand") and not clause.at("side")  # "hold for 2 seconds"
    for i in clause.free("time", "duration") if waits else clause.free("time"):
        item = clause.items[i]
        clause.used.update((i, *(clause.at("stand") if waits else ())))
        clause.orders.append(Order("start", item.value, item.start, item.end))
    if clause.at(*_VERBS, "storeys") and not clause.at("topic", "gale", "slow", "time"):
        for i in clause.free("number"):
            if i > 0 and clause.items[i - 1].kind == "on":  # "pancakes at 1.5": seconds
                clause.order("start", clause.items[i].value, i)


def _slow(clause: _Clause) -> None:
    shares, numbers = clause.free("share"), clause.free("number")
    for i in clause.at("slow"):
        value = clause.items[i].value
        for j in (shares + numbers)[:1]:
            value = clause.items[j].value
            clause.used.add(j)
        refused = [n for n in clause.free("not") if n < i]
        clause.order("slow", 1.0 if refused else value, i, *refused)
        return
    if shares and clause.at("speed"):
        clause.order("slow", clause.items[shares[0]].value, shares[0])


def _level(clause: _Clause, i: int) -> float:
    """The level of an amount word, with the "very" or the second "much" that raises it."""
    level = float(clause.items[i].value)
    raised = i > 0 and (
        clause.items[i - 1].kind == "very"
        or (clause.items[i - 1].kind == "amount" and clause.items[i - 1].value == words.MUCH)
    )
    if raised:
        clause.used.add(i - 1)
        level = {words.LITTLE: words.TRACE, words.MUCH: words.EXTREME}.get(level, level)
    return level


def _topics(clause: _Clause, inherited: Item | None) -> Item | None:
    """Dust, wind, debris and shake with their amounts. Returns what an "and" hands on."""
    topics = clause.at("topic", "gale")
    handed: Item | None = None
    for t in topics:
        topic = clause.items[t]
        name = "wind" if topic.kind == "gale" else topic.value
        near = [
            i for i in clause.free("amount", "not", "number")
            if min(topics, key=lambda other: (abs(other - i), other < i)) == t
        ]  # fmt: skip
        amounts = [
            i for i in reversed(near) if clause.items[i].kind == "amount" and i not in clause.used
        ]
        negated = [i for i in near if clause.items[i].kind == "not" and not _verb_after(clause, i)]
        numbers = [i for i in near if clause.items[i].kind == "number"]
        rates = clause.free("rate") if name == "wind" else []
        places: list[int] = [t]
        if rates:
            value = clause.items[rates[0]].value
            places.append(rates[0])
        elif numbers and not amounts:
            value = clause.items[numbers[0]].value
            places.append(numbers[0])
        elif amounts:
            level = _level(clause, amounts[0])
            if negated:  # "not much dust" is a little; "no heavy dust" too
                level = words.LITTLE
                places.append(negated[0])
            value = _scaled(name, level)
            places += near
            handed = clause.items[amounts[0]]
        elif negated:
            value, handed = 0.0, clause.items[negated[0]]
            places.append(negated[0])
        elif topic.kind == "gale":
            value = topic.value
        elif inherited is not None and len(clause.items) <= 2:
            level = 0.0 if inherited.kind == "not" else float(inherited.value)
            value, handed = _scaled(name, level), inherited
        elif name == "dust" and clause.at("drift") and clause.at("side", "away"):
            continue  # says where it goes, not how much
        else:
            value = _scaled(name, words.NORMAL)
        clause.order({"wind": "wind_speed"}.get(name, name), value, *places)
    return handed


def _verb_after(clause: _Clause, i: int) -> bool:
    """Whether a negation belongs to a verb right after it, not to a topic."""
    return i + 1 < len(clause.items) and clause.items[i + 1].kind in ("mode", "fall", "fail")


def _scaled(topic: str, level: float) -> float:
    if topic == "wind":
        return words.WIND_SPEEDS[level]
    return words.SHAKE_LEVELS[level] if topic == "shake" else level


def _wind_sides(clause: _Clause) -> None:
    """Sides that belong to the wind: nearer to it than to a verb of the building."""
    winds = [i for i in clause.at("topic", "gale") if clause.items[i].value in ("wind",)
             or clause.items[i].kind == "gale"]  # fmt: skip
    drifting = bool(clause.at("drift")) and not winds
    if drifting:
        winds = [i for i in clause.at("topic") if clause.items[i].value == "dust"]
    verbs = clause.at("mode", "fall", "fail")
    for i in clause.free("side", "away") if winds else []:
        if verbs and min(abs(v - i) for v in verbs) < min(abs(w - i) for w in winds):
            continue
        side = Side(clause.items[i].value)
        bound = _bound(clause, i)
        # Wind comes from where it is named; "blowing left", "towards us" say where it goes.
        goes = bound == "to" or clause.items[i].kind == "away" or (
            bound == "" and any(d < i for d in clause.at("drift"))
        )  # fmt: skip
        if bound in ("on", "a") and drifting:
            goes = True
        clause.order("wind_from", _OPPOSITE[side] if goes else side, i, soft=drifting)
        if drifting:
            clause.order("wind_speed", words.WIND_SPEEDS[words.LITTLE], soft=True)


def _bound(clause: _Clause, i: int) -> str:
    """The preposition that governs an item: to, from, on, a (at or to), or none."""
    at = i - 1
    while at >= 0 and clause.items[at].kind in ("part", "side", "very"):
        at -= 1
    if at >= 0 and clause.items[at].kind in ("to", "from", "on", "a"):
        # "de la izquierda", "del lado": beside a "part" it only joins the two words.
        if clause.items[at].kind == "from" and at > 0 and clause.items[at - 1].kind == "part":
            return _bound(clause, at - 1)
        return clause.items[at].kind
    return ""


def _events(clause: _Clause) -> None:
    """What the building does: where it fails, how, which way and how fast."""
    negated = _modes(clause)
    for i in clause.free("storeys") if not negated else []:
        clause.order("failure_storeys", clause.items[i].value, i)
    verbs = clause.at(*_VERBS)
    for i in clause.free("way"):
        clause.order("direction", Side(clause.items[i].value), i)
    for i in clause.free("away"):
        clause.order("direction", Side(clause.items[i].value), i)
        _over(clause)
    for i in _sides(clause):
        _side(clause, i, negated, verbs)
    for i in clause.free("rate"):
        clause.order("spread", clause.items[i].value, i)
    for i in clause.free("pace") if verbs or clause.at("storeys") else []:
        speed = words.SPREADS[clause.items[i].value]
        if i > 0 and clause.items[i - 1].kind in ("very", "amount"):
            clause.used.add(i - 1)
            speed = {10.0: 5.0, 60.0: 120.0}.get(speed, speed)
        clause.order("spread", speed, i)
    if clause.at("fall", "fail") and not clause.orders and not negated:
        # "It collapses" is an order, of the plainest kind.
        clause.order("mode", Mode.PROGRESSIVE, soft=True)


def _modes(clause: _Clause) -> bool:
    """Modes, and whether the clause denies that something falls ("the right half stands")."""
    refusals = [i for i in clause.free("not") if _refuses(clause, i)]
    for i in clause.at("mode"):
        no = next((n for n in refusals if n < i), None)
        if no is not None:
            clause.order("not_mode", Mode(clause.items[i].value), i, no)
            continue
        clause.order("mode", Mode(clause.items[i].value), i)
    only, halves = (
        clause.at("only"),
        [p for p in clause.at("part") if clause.items[p].value == "half"],
    )
    # "The top half falls right" is a way to fold or topple, not a part that stays up.
    halves = [p for p in halves if p == 0 or clause.items[p - 1].kind not in ("top", "bottom")]
    sided = bool(clause.at("side"))
    if (only and sided and not clause.at("topic", "gale")) or (halves and clause.at("fall")):
        clause.order("mode", Mode.PARTIAL, *only, *halves)
    return bool(clause.at("stand")) or bool(refusals and clause.at("fall", "fail"))


def _refuses(clause: _Clause, i: int) -> bool:
    later = [item.kind for item in clause.items[i + 1 :]]
    return any(kind in ("mode", "fall", "fail") for kind in later) and not any(
        kind in ("topic", "gale") for kind in later[:2]
    )


def _sides(clause: _Clause) -> list[int]:
    """Sides still free. Of two side by side ("front left corner") left and right win."""
    free = clause.free("side")
    level = {i for i in free if clause.items[i].value in ("left", "right")}
    return [i for i in free if i in level or not {i - 1, i + 1} & level]


def _side(clause: _Clause, i: int, negated: bool, verbs: list[int]) -> None:
    """One side: is it where it fails, or which way it goes?

    "to" and "towards" say which way; "on", "at" and "from" say where. Italian and Spanish "a"
    says where with a verb of failing ("cede a sinistra") and which way with a verb of falling
    ("crolla a sinistra"). Bare, it follows the verb before it ("topples left"); before any
    verb, or with "side" or "half", it is where ("the left side gives way").
    """
    item = clause.items[i]
    side, bound = Side(item.value), _bound(clause, i)
    before = [v for v in verbs if v < i]
    verb = clause.items[before[-1] if before else verbs[0]].kind if verbs else ""
    if negated:
        # What stands on the one side falls on the other.
        clause.order("mode", Mode.PARTIAL, i)
        clause.order("failure_side", _OPPOSITE[side], i, soft=True)
        clause.used.update(clause.at("stand", "not"))
        return
    where = True
    if bound == "to":
        where = False
    elif bound == "a":
        where = verb == "fail" or not before
    elif bound == "":
        part = any(
            0 <= j < len(clause.items) and clause.items[j].kind == "part" for j in (i - 1, i + 1)
        )
        if not verbs and not part and not clause.at("storeys"):
            return  # a bare "left" says nothing
        where = part or verb in ("fail", "stand", "spread", "") or not before
    clause.order("failure_side" if where else "direction", side, i)
    if not where:
        _over(clause)


def _over(clause: _Clause) -> None:
    """ "Falls left" is a topple, unless something else is said; "collapses left" is not."""
    if any(clause.items[v].value == "fall" for v in clause.at("fall")):
        clause.order("mode", Mode.TOPPLE, soft=True)
