"""`survey questionnaire …`: check, release, retire, list."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from survey_app.access.audit import record
from survey_app.collect.releases import release, retire
from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.questionnaire.definition import Questionnaire
from survey_app.questionnaire.toml import load
from survey_app.store.responses import Release

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def load_file(path: Path) -> Questionnaire:
    """Load a questionnaire from its file.

    Raises ValueError with every fault of the file.
    """
    try:
        return load(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: byte {error.start} is no UTF-8; save the file as UTF-8") from None


@click.group("questionnaire")
def commands() -> None:
    """Check, release and retire questionnaires."""


@commands.command("check")
@click.argument("files", type=FILE, nargs=-1, required=True)
def check_command(files: tuple[Path, ...]) -> None:
    """List every fault of questionnaire FILES; store nothing."""
    faulty = []
    for path in files:
        try:
            found = load_file(path)
        except ValueError as faults:
            faulty.append(str(faults))
            continue
        click.echo(f"{path}: {len(found.questions)} questions, {', '.join(found.complete)} complete")
    if faulty:
        click.echo("\n".join(faulty), err=True)
        raise SystemExit(1)


@commands.command("release")
@click.argument("files", type=FILE, nargs=-1, required=True)
@pass_office
def release_command(office: Office, files: tuple[Path, ...]) -> None:
    """Release questionnaire FILES: from now on they are asked, and never change."""
    with faults_listed():
        loaded = [load_file(path) for path in files]
        with office.database.writing() as connection:
            outcomes = [(q, release(connection, q, office.now)[1]) for q in loaded]
            for questionnaire in (q for q, new in outcomes if new):
                name = f"{questionnaire.id}.v{questionnaire.version}"
                record(
                    connection, "questionnaire.released", office.now, name=name, digest=questionnaire.digest
                )
    for questionnaire, new in outcomes:
        state = "released" if new else "was released before, unchanged"
        click.echo(f"{questionnaire.id}.v{questionnaire.version}: {state}, sha256 {questionnaire.digest}")


@commands.command("retire")
@click.argument("name")
@pass_office
def retire_command(office: Office, name: str) -> None:
    """Ask NAME (such as counter-service.v1) no longer; what was answered stays."""
    questionnaire, _, version = name.rpartition(".v")
    if not questionnaire or not version.isdecimal():
        raise click.BadParameter(f"{name!r}: write id and version, such as counter-service.v1")
    with faults_listed(), office.database.writing() as connection:
        retire(connection, questionnaire, int(version), office.now)
        record(connection, "questionnaire.retired", office.now, name=name)
    click.echo(f"{name}: retired")


@commands.command("list")
@pass_office
def list_command(office: Office) -> None:
    """List released questionnaires."""
    with faults_listed(), office.database.reading() as connection:
        rows = connection.execute(
            select(*Release.__table__.columns).order_by(Release.questionnaire, Release.version)
        ).all()
    for row in rows:
        state = f"retired {row.retired_at:%Y-%m-%d}" if row.retired_at else "asked"
        click.echo(f"{row.questionnaire}.v{row.version}: {state}, sha256 {row.digest}")
