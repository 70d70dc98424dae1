"""`survey device …`: pair kiosks, list them, revoke them, take in what they saved."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import Connection, select

from survey_app.access.audit import record
from survey_app.collect.codes import spaced
from survey_app.collect.devices import list_devices, make_device, revoke, trust
from survey_app.collect.drawing import squares
from survey_app.collect.kiosk_batch import Keys, Releases
from survey_app.collect.kiosk_counts import missing_of
from survey_app.collect.quarantine import take_in
from survey_app.collect.rotating import make_screen
from survey_app.collect.sealed import Opener
from survey_app.collect.visits import Signer
from survey_app.commands.office import Office, faults_listed, pass_office
from survey_app.config import load_keys
from survey_app.store.devices import DeviceCounter
from survey_app.store.responses import Screen


@click.group("device")
def commands() -> None:
    """Tablets at counters: who they are, how they are, and what they could not send."""


@commands.command("pair")
@click.argument("unit")
@click.option("--counter", "counters", multiple=True, required=True, help="A counter it stands at; repeat.")
@click.option("--name", required=True, help="What it is called in lists and in the report.")
@click.option("--questionnaire", default="kiosk-quick", show_default=True, help="What it asks.")
@pass_office
def pair_command(office: Office, unit: str, counters: tuple[str, ...], name: str, questionnaire: str) -> None:
    """Print the one-time code, as text and QR code, with which a tablet comes to counters of UNIT."""
    now = office.now
    with faults_listed(), office.database.writing() as connection:
        made = make_device(
            connection,
            name=name,
            unit=unit,
            counters=counters,
            questionnaire=questionnaire,
            now=now,
            day=now.astimezone(office.settings.zone).date(),
        )
        _make_screens(connection, made.id, office)
        record(connection, "device.made", now, device=made.id, name=name, unit=unit)
    address = f"{office.settings.base_url.rstrip('/')}/kiosk/#pair={made.code}"
    click.echo(_drawn(address))
    click.echo(f"device {made.id}: open {address} on the tablet within an hour")
    click.echo(f"pairing code: {spaced(made.code)} (works once)")
    click.echo(f"PIN of its staff screen: {made.pin} (is not shown again)")


@commands.command("list")
@pass_office
def list_command(office: Office) -> None:
    """List the devices: last contact, counts, missing numbers, clock and version."""
    with faults_listed(), office.database.reading() as connection:
        for device in list_devices(connection):
            missing = sum(last - first + 1 for first, last in missing_of(connection, device))
            state = "revoked" if device.revoked_at else "cloned" if device.cloned_at else "paired"
            if device.paired_at is None and not device.revoked_at:
                state = "not paired yet"
            seen = f"{device.last_contact_at:%Y-%m-%d %H:%M} UTC" if device.last_contact_at else "never"
            clock = f"{device.clock_error / 1000:+.0f} s" if device.clock_error is not None else "-"
            click.echo(
                f"{device.id}  {device.name}  {device.unit_code}  {state}  last contact {seen}  "
                f"made {device.made}  waiting {device.waiting}  quarantined {device.quarantined}  "
                f"missing {missing}  clock {clock}  version {device.version or '-'}"
            )


@commands.command("revoke")
@click.argument("device", type=int)
@pass_office
def revoke_command(office: Office, device: int) -> None:
    """Take nothing more from DEVICE; what it holds can still be saved on it and taken in."""
    with faults_listed(), office.database.writing() as connection:
        name = revoke(connection, device, office.now)
        record(connection, "device.revoked", office.now, device=device)
    click.echo(f"{name}: revoked")


@commands.command("trust")
@click.argument("device", type=int)
@pass_office
def trust_command(office: Office, device: int) -> None:
    """Take responses of DEVICE again, which had been copied; what was flagged stays flagged."""
    with faults_listed(), office.database.writing() as connection:
        name = trust(connection, device)
        record(connection, "device.trusted", office.now, device=device)
    click.echo(f"{name}: its responses are taken again")


@commands.command("quarantine")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@pass_office
def quarantine_command(office: Office, file: Path) -> None:
    """Take in the records of FILE, which a device's staff screen saved, still sealed."""
    keys = Keys(
        Opener.of(load_keys(office.instance, "kiosk")),
        Signer.of(load_keys(office.instance, "kiosk")),
        load_keys(office.instance, "visit"),
    )
    with faults_listed(), office.database.writing() as connection:
        taken = take_in(connection, file.read_bytes(), office.now, office.settings, keys, Releases())
        record(
            connection,
            "device.quarantine",
            office.now,
            device=taken.device_id,
            stored=taken.stored,
            faulty=len(taken.faults),
        )
    click.echo(f"{taken.stored} stored or known, {len(taken.faults)} faulty")
    for number, fault in taken.faults:
        click.echo(f"  number {number}: {fault}")


def _make_screens(connection: Connection, device_id: int, office: Office) -> None:
    """Give counters that have none a code that changes: the device shows it between visits."""
    counters = select(DeviceCounter.counter_id).where(DeviceCounter.device_id == device_id)
    without = counters.where(DeviceCounter.counter_id.not_in(select(Screen.counter_id)))
    for counter_id in connection.scalars(without).all():
        make_screen(connection, counter_id, office.now)


def _drawn(address: str) -> str:
    """Give a QR code in half blocks, dark on light also where terminals are dark."""
    rows = [[False, False, *row, False, False] for row in squares(address)]
    light = [False] * len(rows[0])
    rows = [light, light, *rows, light, light]
    rows += [light] * (len(rows) % 2)
    signs = {(False, False): "█", (True, False): "▄", (False, True): "▀", (True, True): " "}
    return "\n".join(
        "".join(signs[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )
