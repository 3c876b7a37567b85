"""When may generated pictures be used, and whose signature does it take? The rules are data."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from setpiece.ledger.settings import read_settings

SHIPPED = Path(__file__).with_name("policy.toml")


class Use(StrEnum):
    """What the pictures are for, from what stays in the room to what carries the story."""

    IDEATION = "ideation"
    PREVIS = "previs"
    BACKGROUND = "background"
    EFFECTS = "effects"
    RESTORATION = "restoration"
    STORY = "story"
    CHARACTER = "character"
    DEAGEING = "de-ageing"
    AGEING = "ageing"
    REPLICA = "digital-replica"
    PERFORMANCE = "performance"


class Facts(BaseModel):
    """What a policy asks about a use; the defaults are what `may` says it assumed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    use: Use
    final: bool
    generated: bool = True
    likeness: Literal["none", "passer-by", "performer"] = "none"
    third_party: Literal["none", "licensed", "unlicensed"] = "none"
    personal_data: bool = False
    tool_keeps: bool = False
    secured: bool = True
    replaces_talent: bool = False


Value = bool | str
Verdict = Literal["yes", "approval", "no"]
STRICTNESS = ("yes", "approval", "no")


class Clause(BaseModel):
    """What a rule says where it fits."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=2000)

    verdict: Verdict
    approvals: tuple[str, ...] = ()
    consent: bool = False
    because: str

    @model_validator(mode="after")
    def _signed(self) -> Clause:
        if self.verdict == "approval" and not self.approvals:
            raise ValueError("an approval without signatures: name roles in `approvals`")
        return self


class Rule(Clause):
    """One rule: it fits where every fact in `when` has the value, or one of the values, given."""

    id: str
    principle: str
    when: dict[str, Value | tuple[Value, ...]] = Field(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> Rule:
        for name, value in self.when.items():
            if name not in Facts.model_fields:
                known = ", ".join(Facts.model_fields)
                raise ValueError(f"rule {self.id}: {name} is no fact; there are {known}")
            for one in value if isinstance(value, tuple) else (value,):
                try:
                    if isinstance(one, bool) != (Facts.model_fields[name].annotation is bool):
                        raise ValueError
                    Facts.model_validate({"use": Use.EFFECTS, "final": True, name: one})
                except ValueError:
                    raise ValueError(f"rule {self.id}: {name} is never {one!r}") from None
        return self

    def fits(self, facts: Facts) -> bool:
        """Does this rule speak of that use?"""
        return all(
            getattr(facts, name) in (value if isinstance(value, tuple) else (value,))
            for name, value in self.when.items()
        )


class Policy(BaseModel):
    """A policy file."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=2000)

    name: str
    version: str
    four_eyes: bool = True
    roles: dict[str, str] = Field(min_length=1)
    principles: dict[str, str] = Field(min_length=1)
    otherwise: Clause
    rules: tuple[Rule, ...]
    sha256: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Policy:
        ids = [r.id for r in self.rules]
        for one in ids:
            if ids.count(one) > 1:
                raise ValueError(f"rule {one} is there twice")
        for rule in self.rules:
            if rule.principle not in self.principles:
                raise ValueError(f"rule {rule.id}: there is no principle {rule.principle}")
        for clause in (self.otherwise, *self.rules):
            for role in clause.approvals:
                if role not in self.roles:
                    raise ValueError(f"{getattr(clause, 'id', 'otherwise')}: no role {role}")
        return self


@dataclass(frozen=True)
class Decision:
    """What a policy says of a use: the verdict, the roles that must sign, whether recorded consent
    is needed, and each rule that said so as (rule, principle, reason)."""

    verdict: Verdict
    approvals: tuple[str, ...]
    consent: bool
    reasons: tuple[tuple[str, str, str], ...]


def decide(policy: Policy, facts: Facts) -> Decision:
    """May this be used, and whose signature does it need? Every rule that fits is heard."""
    fitting = [r for r in policy.rules if r.fits(facts)]
    heard: list[tuple[str, str, Clause]] = [(r.id, r.principle, r) for r in fitting]
    if not heard:
        heard = [("otherwise", "", policy.otherwise)]
    verdict = max((c.verdict for _, _, c in heard), key=STRICTNESS.index)
    wanted = {role for _, _, c in heard for role in c.approvals}
    return Decision(
        verdict=verdict,
        approvals=tuple(r for r in policy.roles if r in wanted),
        consent=any(c.consent for _, _, c in heard),
        # What decides it comes first.
        reasons=tuple(
            (rule, policy.principles.get(principle, ""), c.because)
            for rule, principle, c in sorted(heard, key=lambda x: -STRICTNESS.index(x[2].verdict))
        ),
    )


def load_policy(path: Path | None = None) -> Policy:
    """The policy in `path`, else in $SETPIECE_POLICY, else the one shipped here.

    Raises InputError that names the file and what is wrong in it.
    """
    if path is None:
        path = Path(os.environ.get("SETPIECE_POLICY") or SHIPPED)
    return read_settings(path, Policy, "policy")
