"""Every command of the ledger explains itself, with an example that names it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import typer

from setpiece.cli_ledger import ledger


def names(app: typer.Typer, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for command in app.registered_commands:
        called = command.name or getattr(command.callback, "__name__", "")
        yield (*before, called)
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield from names(group.typer_instance, (*before, str(group.name)))


@pytest.mark.parametrize("words", list(names(ledger)), ids=" ".join)
def test_it_explains_itself(run: Callable[..., tuple[int, str]], words: tuple[str, ...]) -> None:
    code, said = run(*words, "--help")
    assert code == 0
    _, _, examples = said.partition("Examples")
    assert f"setpiece ledger {' '.join(words)}" in examples
