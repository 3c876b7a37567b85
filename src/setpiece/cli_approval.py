"""`setpiece ledger may`, `policy`, and the steps from made to delivered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from setpiece.options import DATABASE, OUT, Text, examples, open_ledger, with_options

if TYPE_CHECKING:
    from setpiece.ledger.approval import Status
    from setpiece.ledger.policy import Decision, Facts, Policy

TAKE = Annotated[str, typer.Argument(help="The take's folder, or the folder's name.")]
BY = Annotated[str, typer.Option("--by", help="Who does this, by name.")]
ROLE = Annotated[str, typer.Option("--role", help="In which role of the policy.")]
NOTE = Annotated[str, typer.Option("--note", help="What they say about it.")]
POLICY = Annotated[
    Path | None,
    typer.Option(
        "--policy", envvar="SETPIECE_POLICY", help="A policy file of your own (TOML).",
    ),
]  # fmt: skip
KEY = Annotated[
    Path | None,
    typer.Option("--key", help="Key that signs; default this machine's, made on first use."),
]


def _facts(
    use: Annotated[
        str,
        typer.Option(
            "--use",
            help="ideation, previs, background, effects, restoration, story, character, de-ageing, "
            "ageing, digital-replica or performance.",
        ),
    ],
    final: Annotated[
        bool, typer.Option("--final/--temp", help="In the final picture, or temporary.")
    ],
    generated: Annotated[
        bool,
        typer.Option("--generated/--simulated", help="Made by a generative model, or not."),
    ] = True,
    likeness: Annotated[
        str, typer.Option("--likeness", help="Who can be recognised: none, passer-by, performer.")
    ] = "none",
    third_party: Annotated[
        str, typer.Option("--third-party", help="Others' material: none, licensed, unlicensed.")
    ] = "none",
    personal_data: Annotated[
        bool, typer.Option("--personal-data/--no-personal-data", help="Personal data goes in.")
    ] = False,
    tool_keeps: Annotated[
        bool, typer.Option("--tool-keeps/--tool-forgets", help="The tool stores or trains on it.")
    ] = False,
    secured: Annotated[
        bool, typer.Option("--secured/--open-tool", help="The production controls the tool.")
    ] = True,
    replaces_talent: Annotated[
        bool,
        typer.Option(
            "--replaces-talent/--replaces-nobody",
            help="It does what a performer would have been engaged for.",
        ),
    ] = False,
) -> None:
    """Options of the commands that ask a policy."""


def _about(command: Callable[..., None]) -> Callable[..., None]:
    return with_options(command, _facts, panel="What it is for")


def _read_facts(given: dict[str, Any]) -> Facts:
    from setpiece.ledger.policy import Facts
    from setpiece.ledger.scope import checked

    return checked(Facts, **given)


@_about
def may(policy: POLICY = None, **facts: Any) -> None:
    """May I use this here, and whose signature do I need? Exit 1 where the answer is no."""
    from setpiece.ledger.policy import decide, load_policy

    rules, asked = load_policy(policy), _read_facts(facts)
    decision = decide(rules, asked)
    _say(rules, decision)
    typer.echo(f"Asked of the policy {rules.name!r}, version {rules.version}, as:")
    told = [f"{k.replace('_', ' ')} {_plain(v)}" for k, v in asked.model_dump(mode="json").items()]
    typer.echo("  " + ", ".join(told))
    if decision.verdict == "no":
        raise typer.Exit(1)


def _plain(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _say(policy: Policy, decision: Decision) -> None:
    words = {"yes": "Yes.", "approval": "Yes, once these have signed:", "no": "No."}
    typer.echo(words[decision.verdict])
    if decision.verdict == "approval":
        for role in decision.approvals:
            typer.echo(f"  {policy.roles[role]} ({role})")
    if decision.consent and decision.verdict != "no":
        typer.echo("And a recorded consent of everybody whose likeness it is.")
    for rule, principle, reason in decision.reasons:
        typer.echo(f"  {rule}: {reason}" + (f" [{principle}]" if principle else ""))


def policy() -> None:
    """Print the shipped policy, to be copied and changed."""
    from setpiece.ledger.policy import SHIPPED

    typer.echo(SHIPPED.read_text(encoding="utf-8"), nl=False)


@_about
def submit(
    take: TAKE,
    by: BY,
    role: ROLE,
    person: Annotated[
        list[str] | None, typer.Option("--person", help="Whose likeness is in it. Repeatable.")
    ] = None,
    scenes: Annotated[Text, typer.Option("--scenes", help="Its scenes, for consent.")] = None,
    years: Annotated[Text, typer.Option("--years", help="Ages it shows, for consent.")] = None,
    note: NOTE = "",
    policy: POLICY = None,
    key: KEY = None,
    out: OUT = Path("takes"),
    database: DATABASE = None,
    **facts: Any,
) -> None:
    """Submit a take for review, saying what it is for."""
    from setpiece.ledger import approval
    from setpiece.ledger.keys import open_key
    from setpiece.ledger.policy import load_policy
    from setpiece.ledger.scope import checked, read_scenes, read_years

    rules = load_policy(policy)
    low, high = read_years(years) if years else (None, None)
    use = checked(
        approval.Use, facts=_read_facts(facts), people=tuple(person or ()),
        scenes=(read_scenes(scenes) if scenes else None) or (), youngest=low, oldest=high,
    )  # fmt: skip
    now, decision = approval.submit(
        open_ledger(out, database), take, use, rules, by=by, role=role, key=open_key(key), note=note
    )
    typer.echo(f"{now.take}: submitted by {by}. Final delivery:")
    _say(rules, decision)


def _stepper(step: str, words: str) -> Callable[..., None]:
    """A command for one step; they differ in nothing but what is recorded."""

    def command(
        take: TAKE,
        by: BY,
        role: ROLE,
        note: NOTE = "",
        policy: POLICY = None,
        key: KEY = None,
        out: OUT = Path("takes"),
        database: DATABASE = None,
    ) -> None:
        from setpiece.ledger import approval
        from setpiece.ledger.keys import open_key
        from setpiece.ledger.policy import load_policy

        store, rules = open_ledger(out, database), load_policy(policy)
        record = getattr(approval, step)
        now = record(store, take, rules, by=by, role=role, key=open_key(key), note=note)
        _show(store, now, rules)

    command.__doc__ = words
    return command


review = _stepper("review", "Record that somebody looked at a submitted take.")
approve = _stepper("approve", "Record the approval of a person in a role.")
decline = _stepper("decline", "Decline a take, saying why in --note; approvals no longer count.")
deliver = _stepper("deliver", "Deliver a take, if its approvals and consents are all there.")


def status(
    take: TAKE, policy: POLICY = None, out: OUT = Path("takes"), database: DATABASE = None
) -> None:
    """Where a take stands, who did what, and what it lacks before delivery."""
    from setpiece.ledger import approval
    from setpiece.ledger.policy import load_policy

    store = open_ledger(out, database)
    _show(store, approval.status(store, take), load_policy(policy))


def _show(store: Any, now: Status, policy: Policy) -> None:
    from setpiece.ledger.approval import lacking

    typer.echo(f"{now.take}: {now.state}")
    for seq, at, step, by, role, note in now.history:
        typer.echo(
            f"  event {seq}  {at[:16]}  {step} by {by} ({role})" + (f": {note}" if note else "")
        )
    if now.state not in ("delivered", "made", "declined"):
        for line in lacking(store, now, policy):
            typer.echo(f"  {line}")


def add_to(app: typer.Typer) -> None:
    """Hang these commands into `setpiece ledger`."""
    who = '--by "Ana Ruiz" --role vfx-supervisor'
    take = "eternal_sq010_sh020_collapse_v001"
    for name, command, lines in (
        ("may", may, ("setpiece ledger may --use de-ageing --final --likeness performer",
               "setpiece ledger may --use background --temp --open-tool")),
        ("policy", policy, ("setpiece ledger policy > ours.toml",)),
        ("submit", submit, (f'setpiece ledger submit {take} --by "Bo Li" --role artist \\\n'
                  "      --use effects --final --simulated",)),
        ("review", review, (f'setpiece ledger review {take} {who} --note "darker dust"',)),
        ("approve", approve, (f"setpiece ledger approve {take} {who}",)),
        ("decline", decline, (f'setpiece ledger decline {take} {who} --note "it floats"',)),
        ("deliver", deliver, (f'setpiece ledger deliver {take} --by "Cy Oh" --role producer',)),
        ("status", status, (f"setpiece ledger status {take}",)),
    ):  # fmt: skip
        app.command(name, epilog=examples(*lines))(command)
