"""From made to delivered: nothing skips a step, and nothing is delivered that lacks a signature."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ledger import take

from setpiece.errors import InputError, NotCleared
from setpiece.ledger import approval, settle, verify_chain
from setpiece.ledger.approval import STEPS, Use
from setpiece.ledger.consent import give, today, withdraw
from setpiece.ledger.keys import open_key
from setpiece.ledger.manifest import MANIFEST, label
from setpiece.ledger.policy import SHIPPED, Facts, load_policy
from setpiece.ledger.provenance import Provenance
from setpiece.ledger.scope import Scope
from setpiece.show import Store, open_store

ANA, BO = "Ana Ruiz", "Bo Li"
NAME = "eternal_sq010_sh020_collapse_v001"
SIMULATED = Use(facts=Facts(use="effects", final=True, generated=False))
YOUNGER = Use(
    facts=Facts(use="de-ageing", final=True, likeness="performer"), people=(ANA,), scenes=("12",),
    youngest=30, oldest=35,
)  # fmt: skip
Typed = Callable[..., tuple[int, str]]


def made(store: Store, root: Path) -> Path:
    """A take on record, with a picture in it."""
    folder = take(root)
    (folder / "exr").mkdir()
    (folder / "exr" / "f.1001.exr").write_bytes(b"picture")
    label(folder, Provenance(source_type="compositeSynthetic"), open_key())
    settle(store, folder)
    return folder


def step(store: Store, name: str, by: str = ANA, role: str = "vfx-supervisor") -> None:
    policy, key = load_policy(), open_key()
    if name == "submitted":
        approval.submit(store, NAME, SIMULATED, policy, by=BO, role="artist", key=key)
    else:
        verb = {"reviewed": "review", "approved": "approve", "declined": "decline",
                "delivered": "deliver"}[name]  # fmt: skip
        getattr(approval, verb)(store, NAME, policy, by=by, role=role, key=key, note="seen")


def test_a_take_goes_the_whole_way(store: Store, tmp_path: Path) -> None:
    made(store, tmp_path)
    assert approval.status(store, NAME).state == "made"
    for name in ("submitted", "reviewed", "reviewed", "approved", "delivered"):
        step(store, name)
        assert approval.status(store, NAME).state == name
    now = approval.status(store, str(tmp_path / NAME))
    assert [h[2] for h in now.history] == [
        "submitted", "reviewed", "reviewed", "approved", "delivered",
    ]  # fmt: skip
    verdict = verify_chain(store)
    assert verdict.ok, verdict.problems
    assert list(verdict.keys.values()) == [5]


@settings(max_examples=20, deadline=None)
@given(steps=st.lists(st.sampled_from(list(STEPS)), max_size=8))
def test_no_step_is_skipped(steps: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("steps")
    store = open_store(root / "show.db")
    made(store, root)
    state = "made"
    for name in steps:
        if state in STEPS[name]:
            step(store, name)
            state = name
        else:
            with pytest.raises(InputError, match=f"is {state}"):
                step(store, name)
    assert approval.status(store, NAME).state == state
    assert verify_chain(store).ok
    store.close()


def test_delivery_waits_for_every_signature(store: Store, tmp_path: Path) -> None:
    made(store, tmp_path)
    policy, key = load_policy(), open_key()
    approval.submit(store, NAME, YOUNGER, policy, by=BO, role="artist", key=key)
    step(store, "reviewed")
    for role in ("vfx-supervisor", "producer", "legal"):
        step(store, "approved", role=role)
    with pytest.raises(NotCleared) as raised:
        step(store, "delivered")
    assert "the commissioning studio, in writing (studio)" in str(raised.value)
    assert "Ana Ruiz has no consent on record" in str(raised.value)
    assert "lawyer" not in str(raised.value)
    step(store, "approved", by="Dana", role="studio")
    with pytest.raises(NotCleared, match="no consent"):
        step(store, "delivered")
    scope = Scope(uses=("de-ageing",), scenes=("12",), youngest=25, oldest=40,
                  until=today() + timedelta(days=9))  # fmt: skip
    number = give(store, ANA, "eternal", scope, key=key, signed_by=ANA).number
    withdraw(store, number, key=key, signed_by=ANA)
    with pytest.raises(NotCleared, match="withdrawn"):
        step(store, "delivered")
    give(store, ANA, "eternal", scope, key=key, signed_by=ANA)
    step(store, "delivered")
    assert approval.status(store, NAME).state == "delivered"


def test_declining_takes_the_approvals_back(store: Store, tmp_path: Path) -> None:
    made(store, tmp_path)
    for name in ("submitted", "reviewed", "approved", "declined", "submitted", "reviewed"):
        step(store, name)
    assert approval.status(store, NAME).approvals == ()
    with pytest.raises(InputError):
        step(store, "delivered")


def test_files_that_changed_are_not_what_was_approved(store: Store, tmp_path: Path) -> None:
    folder = made(store, tmp_path)
    for name in ("submitted", "reviewed", "approved"):
        step(store, name)
    (folder / "exr" / "f.1001.exr").write_bytes(b"Picture")
    with pytest.raises(NotCleared, match=r"f\.1001\.exr: was changed"):
        step(store, "delivered")
    label(folder, Provenance(source_type="compositeSynthetic"), open_key())
    with pytest.raises(NotCleared, match="not the ones that Bo Li submitted"):
        step(store, "delivered")
    step(store, "declined")
    step(store, "submitted")
    step(store, "reviewed")
    (folder / "exr" / "f.1002.exr").write_bytes(b"one more")
    with pytest.raises(NotCleared, match="not the ones"):
        step(store, "approved")
    (folder / "exr" / "f.1002.exr").unlink()
    (folder / "exr" / "f.1002.exr").symlink_to("f.1001.exr")
    with pytest.raises(InputError, match="is a link"):
        step(store, "approved")


def test_a_final_take_is_signed_before_it_is_submitted(store: Store, tmp_path: Path) -> None:
    folder = made(store, tmp_path)
    (folder / MANIFEST).unlink()
    with pytest.raises(NotCleared, match="setpiece ledger label"):
        step(store, "submitted")
    temporary = Use(facts=Facts(use="effects", final=False, generated=False))
    approval.submit(store, NAME, temporary, load_policy(), by=BO, role="artist", key=open_key())


def test_nobody_approves_their_own(store: Store, tmp_path: Path) -> None:
    made(store, tmp_path)
    step(store, "submitted")
    step(store, "reviewed")
    with pytest.raises(NotCleared, match="somebody else"):
        step(store, "approved", by="bo  LI")
    step(store, "approved")


def test_what_the_policy_forbids_is_not_submitted(store: Store, tmp_path: Path) -> None:
    made(store, tmp_path)
    policy, key = load_policy(), open_key()
    use = Use(facts=Facts(use="effects", final=True, tool_keeps=True))
    with pytest.raises(NotCleared, match="keeps or trains"):
        approval.submit(store, NAME, use, policy, by=BO, role="artist", key=key)
    for changed, words in (({"people": ()}, "--person"), ({"scenes": ()}, "--scenes")):
        with pytest.raises(InputError, match=words):
            approval.submit(store, NAME, YOUNGER.model_copy(update=changed), policy, by=BO,
                            role="artist", key=key)  # fmt: skip
    assert approval.status(store, NAME).state == "made"


def test_a_take_is_submitted_as_what_its_own_record_says(store: Store, tmp_path: Path) -> None:
    folder = made(store, tmp_path)
    policy, key = load_policy(), open_key()

    def submit(use: Use) -> None:
        approval.submit(store, NAME, use, policy, by=BO, role="artist", key=key)

    def says(text: str) -> None:
        (folder / "take.json").write_text(text)
        label(folder, Provenance(source_type="compositeSynthetic"), key)

    says('{"people": {"ana  ruiz": {}, "Cy Oh": {}}}')
    with pytest.raises(InputError, match="Cy Oh is altered"):
        submit(YOUNGER)
    both = YOUNGER.model_copy(update={"people": (ANA, "Cy Oh")})
    with pytest.raises(InputError, match="--use"):
        submit(both.model_copy(update={"facts": SIMULATED.facts}))
    says('{"test": true, "people": {"Ana Ruiz": {}}}')
    with pytest.raises(NotCleared, match="test"):
        submit(YOUNGER)
    says("{")
    with pytest.raises(InputError, match=r"take\.json"):
        submit(YOUNGER)
    says('{"test": false, "people": {"Ana Ruiz": {}}}')
    submit(YOUNGER)
    assert approval.status(store, NAME).state == "submitted"


def test_a_laxer_policy_later_asks_no_less(store: Store, tmp_path: Path) -> None:
    made(store, tmp_path)
    step(store, "submitted")
    lax = tmp_path / "lax.toml"
    lax.write_text(SHIPPED.read_text().replace(
        'approvals = ["vfx-supervisor"]', 'approvals = ["artist"]'))  # fmt: skip
    missing = approval.lacking(store, approval.status(store, NAME), load_policy(lax))
    assert len(missing) == 2


@pytest.mark.parametrize(
    ("by", "role", "words"),
    [("Ana\nRuiz", "producer", "one line"), ("", "producer", "empty"), (ANA, "king", "knows"),
     ("x" * 300, "producer", "300")],
)  # fmt: skip
def test_names_and_roles_that_are_none(
    store: Store, tmp_path: Path, by: str, role: str, words: str
) -> None:
    made(store, tmp_path)
    step(store, "submitted")
    with pytest.raises(InputError, match=words):
        step(store, "reviewed", by=by, role=role)


def test_takes_that_are_not_there(store: Store, tmp_path: Path) -> None:
    for name in ("nothing", "../..", "x_v99999999999999", "a" * 5000, "\n", NAME):
        with pytest.raises(InputError, match="no such take"):
            approval.status(store, name)
    folder = made(store, tmp_path)
    folder.rename(tmp_path / "moved")
    with pytest.raises(InputError, match="no such folder"):
        step(store, "submitted")


def test_the_steps_are_typed(typed: Typed, tmp_path: Path) -> None:
    store = open_store(tmp_path / "takes" / "show.db")
    folder = made(store, tmp_path / "takes")
    store.close()
    code, said = typed("submit", folder, "--by", BO, "--role", "artist", "--use", "effects",
                       "--final", "--simulated")  # fmt: skip
    assert code == 0, said
    assert "the VFX supervisor (vfx-supervisor)" in said
    who = ("--by", ANA, "--role", "vfx-supervisor")
    assert typed("review", NAME, *who, "--note", "darker <b>dust</b>")[0] == 0
    code, said = typed("deliver", NAME, *who)
    assert code == 2
    assert "only a take that is approved can be delivered" in said
    code, said = typed("status", NAME)
    assert "It needs the approval of the VFX supervisor" in said
    assert "reviewed by Ana Ruiz (vfx-supervisor): darker <b>dust</b>" in said
    assert typed("decline", NAME, *who)[0] == 2  # without a reason
    assert typed("approve", NAME, *who)[0] == 0
    code, said = typed("deliver", NAME, *who)
    assert code == 0
    assert f"{NAME}: delivered" in said
    assert typed("verify")[0] == 0
    code, said = typed("status", "nothing")
    assert code == 2
    assert "no such take" in said
