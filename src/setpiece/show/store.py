"""The show's database: SQLite beside the takes, or any database URL."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, func, inspect, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from setpiece.errors import StoreError
from setpiece.show.models import Base, Plate, Shot, Show, Take

PATIENCE_S = 30  # how long a writer waits for another


class Store:
    """Reads and writes the nouns of a show. Open it with `open_store`."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self.where = where

    def close(self) -> None:
        """Let go of the database's connections."""
        self._engine.dispose()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: committed at the end, rolled back on any error.

        Raises StoreError with the database's own words.
        """
        try:
            with Session(self._engine) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise StoreError(
                f"{self.where}: the show's database refused ({reason}). "
                "Check that the disk has room and that the file can be written, or name another "
                "database with --database."
            ) from error

    def shot(self, session: Session, show: str, sequence: str, name: str) -> Shot:
        """The shot of that name, made on first use."""
        row = session.scalar(select(Show).where(Show.name == show))
        if row is None:
            row = Show(name=show)
            session.add(row)
            session.flush()
        shot = session.scalar(
            select(Shot).where(Shot.show_id == row.id, Shot.sequence == sequence, Shot.name == name)
        )
        if shot is None:
            shot = Shot(show=row, sequence=sequence, name=name)
            session.add(shot)
            session.flush()
        return shot

    def plate(self, session: Session, **facts: Any) -> Plate:
        """The plate with that content (`sha256`), recorded on first use."""
        row = session.scalar(select(Plate).where(Plate.sha256 == facts["sha256"]))
        if row is None:
            row = Plate(**facts)
            session.add(row)
            session.flush()
        return row

    def new_take(
        self, session: Session, shot: tuple[str, str, str], plate: dict[str, Any], **facts: Any
    ) -> Take:
        """A take of (show, sequence, shot), added to the transaction; its id is known."""
        take = Take(shot=self.shot(session, *shot), plate=self.plate(session, **plate), **facts)
        session.add(take)
        session.flush()
        return take

    def find_take(
        self, session: Session, show: str, sequence: str, shot: str, task: str, version: int
    ) -> Take | None:
        """The take of that version, if it is recorded."""
        return session.scalar(
            select(Take)
            .join(Take.shot)
            .join(Shot.show)
            .where(
                Show.name == show,
                Shot.sequence == sequence,
                Shot.name == shot,
                Take.task == task,
                Take.version == version,
            )
        )

    def add_take(self, shot: tuple[str, str, str], plate: dict[str, Any], **facts: Any) -> int:
        """Record a take of (show, sequence, shot); returns its row id."""
        with self.session() as session:
            return self.new_take(session, shot, plate, **facts).id

    def takes(self, show: str | None = None) -> list[dict[str, Any]]:
        """Every take as a plain row, newest first."""
        with self.session() as session:
            query = select(Take).join(Take.shot).join(Shot.show).order_by(Take.id.desc())
            if show is not None:
                query = query.where(Show.name == show)
            return [
                {
                    "id": t.id,
                    "show": t.shot.show.name,
                    "sequence": t.shot.sequence,
                    "shot": t.shot.name,
                    "task": t.task,
                    "version": t.version,
                    "folder": t.folder,
                    "brief": t.brief,
                    "made": t.made,
                }
                for t in session.scalars(query)
            ]

    def last_version(self, show: str, sequence: str, shot: str, task: str) -> int:
        """Highest version recorded for that task; 0 where there is none."""
        with self.session() as session:
            found = session.scalar(
                select(func.max(Take.version))
                .join(Take.shot)
                .join(Shot.show)
                .where(
                    Show.name == show,
                    Shot.sequence == sequence,
                    Shot.name == shot,
                    Take.task == task,
                )
            )
        return int(found or 0)


def open_store(where: str | Path) -> Store:
    """Open (and on first use make) the database at a URL or a file path.

    Raises StoreError where it cannot be opened.
    """
    import setpiece.ledger.models  # noqa: F401  registers the ledger's tables

    url = str(where)
    if "://" not in url:
        url = f"sqlite:///{Path(url).resolve()}"
    try:
        if "://" not in str(where):
            Path(where).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            # Two takes may finish at once: wait for the other's write, and survive a crash.
            @event.listens_for(engine, "connect")
            def _pragmas(connection: Any, _record: Any) -> None:
                connection.execute(f"PRAGMA busy_timeout={PATIENCE_S * 1000}")
                _write_ahead(connection)
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA foreign_keys=ON")

        _make_tables(engine)
    except (SQLAlchemyError, ImportError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise StoreError(
            f"{where}: cannot open the show's database ({reason}). Give a folder that can be "
            "written, or a database URL such as postgresql+psycopg://user@host/show."
        ) from error
    return Store(engine, str(where))


def _write_ahead(connection: Any) -> None:
    """Switch a SQLite file to its write-ahead log, unless it is.

    Where two processes open a new file at once, SQLite turns one of them away without the wait
    that busy_timeout promises: neither could get past the other. One tries again.
    """
    give_up = time.monotonic() + PATIENCE_S
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            locked = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            if not locked or time.monotonic() > give_up:
                raise
            time.sleep(random.uniform(0.002, 0.02))


def _make_tables(engine: Engine) -> None:
    """Make the tables that are missing; two processes may open a new database at once."""
    if set(Base.metadata.tables) <= set(inspect(engine).get_table_names()):
        return
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7327)")
        Base.metadata.create_all(connection)
