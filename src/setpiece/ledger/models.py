"""The ledger's tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
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
