"""`survey …`: the command that installs, fills, serves and evaluates."""

from __future__ import annotations

import os
from pathlib import Path

import click

from survey_app.commands import (
    accounts,
    audit,
    database,
    demo,
    devices,
    evaluation,
    export,
    imports,
    keys,
    mail,
    period,
    posters,
    questionnaires,
    retention,
    serve,
    slips,
    work,
)
from survey_app.commands.office import Office


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--instance",
    type=click.Path(path_type=Path, file_okay=False),
    default="instance",
    envvar="SURVEY_INSTANCE",
    show_default=True,
    help="Folder of the settings, keys and (with SQLite) the database.",
)
@click.pass_context
def main(context: click.Context, instance: Path) -> None:
    """Ask the people a province serves how they were served, and evaluate their answers."""
    office = context.obj = Office(instance)
    context.call_on_close(office.close)


main.add_command(database.commands)
main.add_command(questionnaires.commands)
main.add_command(evaluation.command)
main.add_command(period.commands)
main.add_command(export.commands)
main.add_command(posters.command)
main.add_command(slips.slips_command)
main.add_command(slips.screen_command)
main.add_command(accounts.commands)
main.add_command(work.work_command)
main.add_command(work.snapshot_command)
main.add_command(serve.run_command)
main.add_command(demo.command)
main.add_command(imports.commands)
main.add_command(keys.commands)
main.add_command(audit.commands)
main.add_command(mail.commands)
main.add_command(retention.commands)
main.add_command(devices.commands)


def start() -> None:
    """Run the command; what it writes (answers, keys, backups) is for its owner alone."""
    os.umask(0o077)
    main()
