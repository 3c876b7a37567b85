"""The ledger's tables. `ledger_events` is the record; the others can be checked against it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, ForeignKey, Integer, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from setpiece.show.models import Base, now


class Cost(Base):
    """One stage of one take."""

    __tablename__ = "costs"

    id: Mapped[int] = mapped_column(primary_key=True)
    take_id: Mapped[int] = mapped_column(ForeignKey("takes.id"))
    stage: Mapped[str] = mapped_column(String(50))
    seconds: Mapped[float]
    cpu_seconds: Mapped[float]
    peak_mb: Mapped[float]
    cost: Mapped[float]
    currency: Mapped[str] = mapped_column(String(3))
    rate: Mapped[float]
    made: Mapped[datetime] = mapped_column(default=now)


class Event(Base):
    """Something that happened, in the order it was written down (see `ledger.chain`).

    Everything is kept as text, so that both databases give back the very bytes that were hashed.
    """

    __tablename__ = "ledger_events"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(50))
    subject: Mapped[str] = mapped_column(String(400), index=True)
    payload: Mapped[str] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class Head(Base):
    """The one row that says where the chain ends; writers lock it one after another."""

    __tablename__ = "ledger_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


def _append_only(target: Any, connection: Any, **_: Any) -> None:
    """The database itself refuses to change or delete an event.

    Whoever may alter the schema can lift this; the chain then tells.
    """
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            connection.execute(DDL(
                f"CREATE TRIGGER ledger_no_{verb.lower()} BEFORE {verb} ON ledger_events "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            ))  # fmt: skip
    elif connection.dialect.name == "postgresql":
        connection.execute(DDL(
            "CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
        ))  # fmt: skip
        connection.execute(DDL(
            "CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON ledger_events EXECUTE FUNCTION ledger_append_only()"
        ))  # fmt: skip


event.listen(Event.__table__, "after_create", _append_only)
