"""Releases: questionnaire versions in the database, which never change and alone are asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from survey_app.questionnaire.definition import Questionnaire
from survey_app.questionnaire.toml import load
from survey_app.store.responses import Release


def release(connection: Connection, questionnaire: Questionnaire, now: datetime) -> tuple[int, bool]:
    """Store a version's text and digest; give its id and whether it is new.

    Raises ValueError if the version was released with another text.
    """
    name = f"{questionnaire.id}.v{questionnaire.version}"
    row = connection.execute(
        select(Release.id, Release.digest).where(
            Release.questionnaire == questionnaire.id, Release.version == questionnaire.version
        )
    ).one_or_none()
    if row is None:
        values = {
            "questionnaire": questionnaire.id,
            "version": questionnaire.version,
            "text": questionnaire.text,
            "digest": questionnaire.digest,
            "released_at": now,
        }
        return connection.execute(insert(Release).values(values).returning(Release.id)).scalar_one(), True
    if row.digest != questionnaire.digest:
        raise ValueError(
            f"{name}: was released with another text; a released version never changes, "
            f"so give the new text version {questionnaire.version + 1}"
        )
    return row.id, False


def retire(connection: Connection, questionnaire: str, version: int, now: datetime) -> None:
    """Ask a released version no longer.

    Raises ValueError if it was never released or is retired already.
    """
    changed = connection.execute(
        update(Release)
        .where(
            Release.questionnaire == questionnaire, Release.version == version, Release.retired_at.is_(None)
        )
        .values(retired_at=now)
    )
    if changed.rowcount == 0:
        raise ValueError(
            f"{questionnaire}.v{version}: is not being asked; 'survey questionnaire list' shows what is"
        )


def newest_release(connection: Connection, questionnaire: str) -> int | None:
    """Give the id of the version that is asked, None if none is."""
    return connection.scalar(
        select(Release.id)
        .where(Release.questionnaire == questionnaire, Release.retired_at.is_(None))
        .order_by(Release.version.desc())
        .limit(1)
    )


def load_release(connection: Connection, release_id: int) -> tuple[Questionnaire, bool]:
    """Give a released questionnaire and whether it is still asked."""
    row = connection.execute(
        select(Release.text, Release.questionnaire, Release.version, Release.retired_at).where(
            Release.id == release_id
        )
    ).one()
    return load(row.text, f"{row.questionnaire}.v{row.version}.toml"), row.retired_at is None
