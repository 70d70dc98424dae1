"""Jobs: work that waits for the worker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.schema import Number, Table


class Job(Table):
    """A piece of work: waiting, running, done or failed; ``argument`` says what it is about.

    ``progress`` says in words how far it is.
    """

    __tablename__ = "job"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    argument: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(Number, ForeignKey("account.id"))
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    progress: Mapped[str | None] = mapped_column(String(60))
    error: Mapped[str | None] = mapped_column(Text)
