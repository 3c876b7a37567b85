"""Read a director's sentence into a Brief: a deterministic grammar, no model, no network.

Each clause is read alone, so their order does not matter. What a clause says is a list of
`Order`s (a field, its value and the words it came from); two orders that differ on one field
contradict one another, and the error quotes both. Where a clause may be read in more ways than
one the rule is written beside it.

Floors are counted the British and European way: the ground floor is 0, the first floor is the
one above. The American spelling ("second story") counts the ground floor as the first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from setpiece.collapse.brief import Brief, Mode, Side
from setpiece.collapse.brief_clause import Order, read_clause
from setpiece.collapse.brief_lex import lex
from setpiece.collapse.brief_measures import Item
from setpiece.errors import BriefError

MOST_CHARACTERS = 2000
MOST_WORDS = 400
EXAMPLE = (
    "at 1 s the ground floor gives way on the left; the block topples left and folds, "
    "heavy dust, light wind from the right"
)

# The mode that leads where two are named together ("topples and folds"), strongest first.
_LEADS = (Mode.PARTIAL, Mode.TOPPLE, Mode.IMPLODE, Mode.PANCAKE, Mode.FOLD, Mode.PROGRESSIVE)
_CLASH = ({Mode.TOPPLE, Mode.PANCAKE}, {Mode.TOPPLE, Mode.IMPLODE})


@dataclass(frozen=True)
class _Clause:
    items: list[Item]
    joined: bool  # by "and" to the one before


def read_brief(text: str, *, fps: float | Fraction = 24) -> Brief:
    """Read a brief in English, Italian or Spanish.

    Args:
        text: the director's words, at most 2000 characters and 400 words.
        fps: frames a second, for orders such as "at frame 1025" (the first frame is 1001).

    Returns:
        the Brief; what could not be used is in its `not_understood`, word by word.

    Raises:
        BriefError: empty, too long, contradictory (both places are quoted), out of range, or
            nothing in it is an order.
    """
    text = clean(text)
    language, items = lex(text, float(fps))
    orders: list[Order] = []
    unused: list[Item] = []
    inherited: Item | None = None
    for clause in _clauses(items):
        found, left, inherited = read_clause(
            clause.items, text, inherited if clause.joined else None
        )
        orders += found
        unused += left
    starts = sorted({order.value for order in orders if order.field == "start"})
    for order in orders:
        if order.field == "start" and order.value != starts[0]:
            # The shot has one beginning: the earliest. What comes later follows by physics.
            unused.append(Item("late", None, order.start, order.end))
    fields = _settle(orders, text)
    if starts:
        fields["start"] = starts[0]
    if not fields:
        raise BriefError(
            f"this says nothing about a collapse: {_quote(text)}. A brief says when, where, how "
            f"and which way, for example: {EXAMPLE!r}"
        )
    missed = [text[item.start : item.end] for item in sorted(unused, key=lambda i: i.start)]
    fields["not_understood"] = tuple(dict.fromkeys(word.strip() for word in missed if word.strip()))
    return validated({"text": text, "language": language, **fields}, "the brief")


def validated(fields: dict[str, Any], what: str) -> Brief:
    """A Brief from plain fields, or a BriefError that names every field that is out of range."""
    try:
        return Brief.model_validate(fields)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'brief'} = {_quote(str(fault['input']))}: "
            f"{fault['msg'][0].lower()}{fault['msg'][1:]}"
            for fault in error.errors()[:6]
        )
        raise BriefError(f"{what} cannot be used: {wrong}") from error


def clean(text: str) -> str:
    """A brief without control characters and marks; BriefError where it is empty or too long."""
    if len(text) > MOST_CHARACTERS or len(text.split()) > MOST_WORDS:
        raise BriefError(
            f"a brief of {len(text.split())} words and {len(text)} characters is too long: at most "
            f"{MOST_WORDS} words and {MOST_CHARACTERS} characters; say only what must happen, "
            f"for example: {EXAMPLE!r}"
        )
    # Control characters become spaces; marks such as <b> are noise between words.
    text = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    text = re.sub(r"[ \t]+", " ", re.sub(r"<[^<>]{0,200}>", " ", text)).strip()
    if not text:
        raise BriefError(f"the brief is empty: say what must happen, for example: {EXAMPLE!r}")
    return text


def _clauses(items: list[Item]) -> list[_Clause]:
    clauses: list[_Clause] = []
    current: list[Item] = []
    joined = False
    for item in items:
        if item.value == ":" and [before.kind for before in current] == ["topic"]:
            continue  # "dust: none"
        if item.kind in ("break", "and"):
            if current:
                clauses.append(_Clause(current, joined))
                joined = False
            joined = item.kind == "and"
            current = []
        else:
            current.append(item)
    if current:
        clauses.append(_Clause(current, joined))
    return clauses


def _settle(orders: list[Order], text: str) -> dict[str, Any]:
    """One value a field, or BriefError. Hints (soft orders) count where nothing firm is said."""
    fields: dict[str, Any] = {}
    by_field: dict[str, list[Order]] = defaultdict(list)
    for order in orders:
        if order.field != "start":
            by_field[order.field].append(order)
    banned = {order.value: order for order in by_field.pop("not_mode", [])}
    for field, said in by_field.items():
        firm = [order for order in said if not order.soft] or said
        if field == "failure_storeys":
            fields[field] = tuple(sorted({v for order in firm for v in order.value}))
        elif field == "mode":
            if {order.value for order in firm} == {Mode.FOLD}:
                # "falls left and folds": falling over is what it does first
                firm += [order for order in said if order.soft and order.value == Mode.TOPPLE]
            fields.update(_modes(firm, banned, text))
        else:
            for order in firm[1:]:
                if order.value != firm[0].value:
                    raise _contradiction(firm[0], order, text)
            fields[field] = firm[0].value
    if banned and "mode" not in fields:
        # "It must not topple" alone: everything else is allowed, and the default is not a topple.
        fields["mode"] = next(m for m in reversed(_LEADS) if m not in banned)
    straight = fields.get("direction") == Side.CENTRE
    if fields.get("mode") == Mode.TOPPLE and straight:
        raise _contradiction(by_field["mode"][0], by_field["direction"][0], text)
    return fields


def _modes(said: list[Order], banned: dict[Any, Order], text: str) -> dict[str, Any]:
    for order in said:
        if order.value in banned:
            raise _contradiction(order, banned[order.value], text)
    named = {order.value: order for order in said}
    for clash in _CLASH:
        if clash <= set(named):
            first, second = sorted((named[mode] for mode in clash), key=lambda o: o.start)
            raise _contradiction(first, second, text)
    ranked = [mode for mode in _LEADS if mode in named]
    return {"mode": ranked[0], **({"then": ranked[1]} if len(ranked) > 1 else {})}


def _contradiction(first: Order, second: Order, text: str) -> BriefError:
    quotes = [_quote(text[order.start : order.end]) for order in (first, second)]
    return BriefError(
        f"the brief contradicts itself: it says {quotes[0]} and {quotes[1]}; keep one of them"
    )


def _quote(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 80 else text[:77] + "...")
