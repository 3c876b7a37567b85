"""Heads that tell the cast apart: no two who share a scene, or carry the film, look the same.

What somebody looks like comes from their name and the script's words, so two may come out alike.
Who speaks more stays as they are; the other gets hair or a beard that is still free.
"""

from __future__ import annotations

from itertools import product

from setpiece.previs.beats import collective
from setpiece.previs.cast_file import Look
from setpiece.previs.casting import build_in, species_of
from setpiece.previs.costume import MANES, MENS_HAIR, Costume, costume
from setpiece.previs.sets import plays_in_period
from setpiece.script import Screenplay
from setpiece.script.model import CastMember

PRINCIPALS = 10  # of those who speak most, each looks unlike every other, shared scenes or not
_WOMEN = ("long", "bun", "curly", "tail", "short")
_COVERED = ("hood", "veil", "helmet")  # no hair shows
_Head = tuple[bool, str, bool, bool]  # woman, hair, beard, elder


def unlike(script: Screenplay) -> dict[str, Look]:
    """Hair and beard of the cast's people, by name: the same for the same script, whichever of
    its scenes are drawn."""
    old = plays_in_period(script)
    out: dict[str, Look] = {}
    taken: list[tuple[CastMember, _Head]] = []
    names = {m.name for m in script.cast}
    for member in sorted(script.cast, key=lambda m: (-m.speeches, m.name)):
        if species_of(member.name, script) != "human" or collective(member.name, names) is not None:
            continue
        build = build_in(member.name, "human", script)
        made = costume(member.name, build.shape, build.tone, period=old, wears=build.wears)
        if made.hat in _COVERED or made.hair == "fringe":
            continue  # who they are by trade says more than their hair
        principal = len(taken) < PRINCIPALS
        rivals = {head for other, head in taken if principal or _meet(member, other)}
        head = next((h for h in _heads(made, old) if h not in rivals), _head(made))
        taken.append((member, head))
        out[member.name] = Look(hair=head[1], beard=head[2])
    return out


def _head(made: Costume) -> _Head:
    return made.woman, made.hair, made.beard > 0, made.elder


def _heads(made: Costume, old: bool) -> list[_Head]:
    """As they are first, then with other hair, then with or without a beard as well."""
    styles: tuple[str, ...] = _WOMEN if made.woman else MENS_HAIR
    if not made.woman and not old:
        styles = tuple(s for s in styles if s not in MANES)
    at = styles.index(made.hair) if made.hair in styles else 0
    others = styles[at:] + styles[:at]  # from their own on, so that not all take the first
    beard = made.beard > 0
    beards = (beard,) if made.woman else (beard, not beard)
    heads = [(made.woman, hair, b, made.elder) for b, hair in product(beards, others)]
    return [_head(made), *(h for h in heads if made.woman or h[2] or h[1] not in MANES)]


def _meet(a: CastMember, b: CastMember) -> bool:
    return bool({*a.speaks_in, *a.silent_in} & {*b.speaks_in, *b.silent_in})
