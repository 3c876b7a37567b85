"""A database for each test: SQLite, and a PostgreSQL server of our own where there is one."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from setpiece import cli
from setpiece.show import Store, open_store


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


_NUMBERS = count(1)


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test signs with, or makes, the keys of whoever runs it."""
    monkeypatch.setenv("SETPIECE_KEYS", str(tmp_path / "keys"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL server that listens on a socket in a folder of its own, and nowhere
    else; `{}` is the name of a database."""
    given = os.environ.get("SETPIECE_TEST_POSTGRES")
    if given:
        yield given
        return
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install psycopg[binary]")
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql (`make postgres`)")
    user = []
    if os.geteuid() == 0:  # the server refuses to run as root
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres here")
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    folder = Path(tempfile.mkdtemp(prefix="setpiece-pg-"))
    if user:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"

    def call(program: str, *words: str) -> None:
        command = [*user, str(programs / program), *words]
        done = subprocess.run(command, cwd=folder, stdout=log, stderr=log, env={"LC_ALL": "C"})
        if done.returncode:
            raise RuntimeError(f"{command}: {(folder / 'log').read_text()}")

    with (folder / "log").open("w") as log:
        try:
            call("initdb", "-D", str(data), "-U", "setpiece", "-A", "trust", "-E", "UTF8", "-N")
            options = f"-k {folder} -c listen_addresses='' -c fsync=off"
            call("pg_ctl", "-D", str(data), "-w", "-o", options, "-l", str(folder / "server"),
                 "start")  # fmt: skip
            try:
                yield f"postgresql+psycopg://setpiece@/{{}}?host={folder}"
            finally:
                call("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'show.db'}"
        return
    url: str = request.getfixturevalue("postgres")
    name = f"t{os.getpid()}_{next(_NUMBERS)}"
    engine = create_engine(url.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield url.format(name)
    with engine.connect() as connection:  # seven megabytes each
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    opened = open_store(database)
    yield opened
    opened.close()


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Type `setpiece ledger ...`; gives the exit code and all that was said."""

    def run(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["setpiece", "ledger", *map(str, words)])
        code: Any = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return code, shown.out + shown.err

    return run


@pytest.fixture
def typed(run: Callable[..., tuple[int, str]], tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """`run` with the takes in a folder of the test's own."""
    return lambda *words: run(*words, "--out", tmp_path / "takes")
