"""Show, Shot, Plate, Take, Person: the tables of a show."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Every room that stores something hangs its tables here."""


def now() -> datetime:
    """This moment, in UTC, without sub-second noise."""
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)


class Show(Base):
    """A film or a series."""

    __tablename__ = "shows"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    made: Mapped[datetime] = mapped_column(default=now)
    shots: Mapped[list[Shot]] = relationship(back_populates="show")


class Shot(Base):
    """One shot of a sequence."""

    __tablename__ = "shots"
    __table_args__ = (UniqueConstraint("show_id", "sequence", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    show_id: Mapped[int] = mapped_column(ForeignKey("shows.id"))
    sequence: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(100))
    show: Mapped[Show] = relationship(back_populates="shots")
    takes: Mapped[list[Take]] = relationship(back_populates="shot")


class Plate(Base):
    """A picture or clip that was shot, known by its content."""

    __tablename__ = "plates"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(4096))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    width: Mapped[int]
    height: Mapped[int]
    frames: Mapped[int]
    fps: Mapped[str] = mapped_column(String(32))
    colorspace: Mapped[str] = mapped_column(String(100))


class Take(Base):
    """One attempt at a shot. Never overwritten."""

    __tablename__ = "takes"
    __table_args__ = (UniqueConstraint("shot_id", "task", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shot_id: Mapped[int] = mapped_column(ForeignKey("shots.id"))
    plate_id: Mapped[int] = mapped_column(ForeignKey("plates.id"))
    task: Mapped[str] = mapped_column(String(50))
    version: Mapped[int]
    folder: Mapped[str] = mapped_column(String(4096))
    brief: Mapped[str] = mapped_column(String(4000), default="")
    seed: Mapped[int] = mapped_column(default=0)
    made: Mapped[datetime] = mapped_column(default=now)
    shot: Mapped[Shot] = relationship(back_populates="takes")
    plate: Mapped[Plate] = relationship()


class Person(Base):
    """Somebody who acts in a show, or answers for it."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    role: Mapped[str] = mapped_column(String(100), default="")
