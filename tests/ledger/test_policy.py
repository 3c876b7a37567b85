"""The policy: what it says of a use, and files that are no policy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setpiece.errors import InputError
from setpiece.ledger.policy import SHIPPED, STRICTNESS, Facts, Use, decide, load_policy

Typed = Callable[..., tuple[int, str]]
FACTS = st.builds(
    Facts, use=st.sampled_from(list(Use)), final=st.booleans(), generated=st.booleans(),
    likeness=st.sampled_from(["none", "passer-by", "performer"]),
    third_party=st.sampled_from(["none", "licensed", "unlicensed"]), personal_data=st.booleans(),
    tool_keeps=st.booleans(), secured=st.booleans(), replaces_talent=st.booleans(),
)  # fmt: skip
ALTERED = ("de-ageing", "ageing", "digital-replica", "performance")


@given(FACTS)
def test_the_five_principles_hold_for_every_use(facts: Facts) -> None:
    said = decide(load_policy(), facts)
    if facts.third_party == "unlicensed" or facts.tool_keeps:
        assert said.verdict == "no"
    if facts.generated and facts.final:
        assert said.verdict == "no" or "studio" in said.approvals
        assert facts.secured or said.verdict == "no"
    if facts.likeness == "performer" or facts.replaces_talent or facts.use in ALTERED:
        assert said.verdict != "yes"
        assert said.consent
        assert "legal" in said.approvals
    if facts.personal_data or facts.third_party == "licensed":
        assert said.verdict == "no" or {"legal", "studio"} <= set(said.approvals)
    if said.verdict == "yes":
        assert not facts.final
        assert said.approvals == ()
    assert said.reasons


@given(FACTS, st.sampled_from(["personal_data", "tool_keeps", "replaces_talent"]))
def test_a_fact_against_it_never_makes_it_easier(facts: Facts, name: str) -> None:
    policy = load_policy()
    easy = decide(policy, facts.model_copy(update={name: False}))
    hard = decide(policy, facts.model_copy(update={name: True}))
    assert STRICTNESS.index(hard.verdict) >= STRICTNESS.index(easy.verdict)
    assert set(easy.approvals) <= set(hard.approvals) or easy.reasons[0][0] == "otherwise"


@pytest.mark.parametrize(
    ("facts", "verdict", "approvals", "consent"),
    [
        ({"use": "ideation", "final": False}, "yes", (), False),
        ({"use": "effects", "final": False, "generated": False}, "yes", (), False),
        ({"use": "effects", "final": True, "generated": False}, "approval", ("vfx-supervisor",),
         False),
        ({"use": "background", "final": True}, "approval",
         ("vfx-supervisor", "producer", "studio"), False),
        ({"use": "de-ageing", "final": True, "likeness": "performer"}, "approval",
         ("vfx-supervisor", "producer", "legal", "studio"), True),
        ({"use": "background", "final": False, "secured": False}, "approval", ("producer",), False),
        ({"use": "story", "final": True, "secured": False}, "no", None, False),
    ],
)  # fmt: skip
def test_the_shipped_policy_says(
    facts: dict[str, Any], verdict: str, approvals: Any, consent: bool
) -> None:
    said = decide(load_policy(), Facts(**facts))
    assert said.verdict == verdict
    assert said.consent == consent
    if approvals is not None:
        assert said.approvals == approvals


def test_every_principle_has_a_rule_and_every_rule_can_fit() -> None:
    policy = load_policy()
    assert {r.principle for r in policy.rules} == set(policy.principles)
    for rule in policy.rules:
        facts = {k: v[0] if isinstance(v, tuple) else v for k, v in rule.when.items()}
        assert rule.fits(Facts(**{"use": "effects", "final": True, **facts}))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('use = "story"', 'use = "cooking"', "use is never 'cooking'"),
        ("tool_keeps = true", 'tool_keeps = "yes"', "tool_keeps is never 'yes'"),
        ("tool_keeps = true", "weather = true", "weather is no fact"),
        ('principle = "secured"', 'principle = "magic"', "no principle magic"),
        ('approvals = ["vfx-supervisor"]', 'approvals = ["king"]', "no role king"),
        ('approvals = ["vfx-supervisor"]', "approvals = []", "without signatures"),
        ('id = "story"', 'id = "character"', "character is there twice"),
        ('verdict = "yes"', 'verdict = "maybe"', "verdict"),
        ("four_eyes = true", "six_eyes = true", "six_eyes"),
        ('name = "Setpiece', 'name = = "', "is not TOML"),
        ("[principles]", "[principles]\nx = '''" + "y" * 3000 + "'''", "principles.x"),
    ],
)
def test_a_policy_with_a_mistake_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "ours.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"ours\.toml") as raised:
        load_policy(path)
    assert words in str(raised.value)


def test_files_that_are_no_policy(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    for data in (b"\xff\xfe", b"", b"x" * 1_000_001, b"a = " + b"[" * 9000, b"<html></html>"):
        path.write_bytes(data)
        with pytest.raises(InputError, match=r"ours\.toml"):
            load_policy(path)
    with pytest.raises(InputError, match="missing"):
        load_policy(tmp_path / "missing.toml")


def test_a_studio_writes_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("Setpiece's own", "Night Shift")
    (tmp_path / "ours.toml").write_text(text.replace('verdict = "yes"', 'verdict = "no"'))
    monkeypatch.setenv("SETPIECE_POLICY", str(tmp_path / "ours.toml"))
    assert load_policy().name == "Night Shift"


def test_may_is_typed(run: Typed) -> None:
    code, said = run("may", "--use", "de-ageing", "--final", "--likeness", "performer")
    assert code == 0
    assert "the production's lawyer (legal)" in said
    assert "recorded consent" in said
    code, said = run("may", "--use", "story", "--temp", "--tool-keeps")
    assert code == 1
    assert said.startswith("No.\n  tool-keeps: ")
    assert run("may", "--use", "previs", "--temp")[1].startswith("Yes.")
    code, said = run("may", "--use", "cooking", "--temp")
    assert code == 2
    assert "digital-replica" in said
    assert run("policy") == (0, SHIPPED.read_text(encoding="utf-8"))
