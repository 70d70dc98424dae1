"""`survey mail test`: whether mail can be sent."""

from __future__ import annotations

import click

from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.mail import send

SUBJECT = "Thư kiểm tra của hệ thống khảo sát mức độ hài lòng"
TEXT = "Nếu anh/chị đọc được thư này, hệ thống gửi được thư.\n\nThe survey can send mail.\n"


@click.group("mail")
def commands() -> None:
    """Mail through the server that the settings name."""


@commands.command("test")
@click.argument("address")
@pass_office
def test_command(office: Office, address: str) -> None:
    """Send a short message to ADDRESS, or say why it cannot be sent."""
    with faults_listed():
        send(office.settings, office.instance / "secrets", address, SUBJECT, TEXT)
    click.echo(f"{address}: sent by {office.settings.smtp_host}")
