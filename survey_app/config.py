"""Config: every setting, its default and its meaning."""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_origin
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from analysis.period import SCHEMES, Scheme
from survey_app.access.roles import ROLES

LANGUAGES = ("vi", "en", "fr")
KEYS = ("session", "visit", "signing", "account", "kiosk", "slip", "screen")
KEPT_FOR_EVER = ("kiosk",)
"""What these keys open may come from a kiosk that had no line for years."""
ADDRESS = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)*", re.IGNORECASE | re.ASCII
)
"""A mail address of plain letters."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ConfigFaults(ValueError):
    """Settings that cannot be used; the text lists every fault."""


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in the languages of the pages; Vietnamese stands in where another is empty."""

    vi: str
    en: str = ""
    fr: str = ""

    def text(self, language: str) -> str:
        """Give the text in a language."""
        return getattr(self, language, "") or self.vi


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The settings of one installation. ``instance/config.example.toml`` explains each."""

    base_url: str = "http://127.0.0.1:8000"
    database_url: str = ""
    time_zone: str = "Asia/Ho_Chi_Minh"
    period_scheme: Scheme = "vn-report"
    questionnaire: str = "counter-service"
    trusted_proxies: tuple[str, ...] = ()
    asker: Texts = Texts("Sở Nội vụ tỉnh Nghệ An", "Nghe An Department of Home Affairs",
                         "Le service des Affaires intérieures de Nghệ An")  # fmt: skip
    channels: Texts = Texts("Cổng Dịch vụ công quốc gia, mục Phản ánh, kiến nghị",
                            "National Public Service Portal, section Feedback and petitions",
                            "Portail national des services publics, rubrique Réclamations")  # fmt: skip
    report_parent: Texts = Texts("Ủy ban nhân dân tỉnh Nghệ An", "People's Committee of Nghe An Province")
    report_issuer: Texts = Texts("Sở Nội vụ", "Department of Home Affairs")
    report_symbol: str = "BC-SNV"
    report_place: str = "Nghệ An"
    report_addressee: Texts = Texts("Ủy ban nhân dân tỉnh Nghệ An", "People's Committee of Nghe An Province")
    report_recipients: tuple[str, ...] = ()
    comment_months: int = 12
    answer_years: int = 2
    minimum_people: int = 10
    grade_bounds: tuple[float, float, float] = (0.65, 0.80, 0.90)
    satisfaction_target: float = 0.0
    snapshot_hour: int = 2
    closing_grace_days: int = 3
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    mail_from: str = ""
    idle_minutes: int = 60
    kiosk_idle_seconds: int = 30
    kiosk_gap_seconds: int = 5
    kiosk_visit_seconds: int = 60
    kiosk_comments: bool = False
    second_factor_roles: tuple[str, ...] = ("inspector", "administrator", "auditor", "statistician")
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_name: str = ""
    oidc_replaces_second_factor: bool = False
    listen: str = "127.0.0.1:8000"
    processes: int = 2
    threads: int = 4

    @property
    def zone(self) -> ZoneInfo:
        """Give the time zone of the offices."""
        return ZoneInfo(self.time_zone)

    @property
    def https(self) -> bool:
        """Whether people reach the pages over https."""
        return self.base_url.startswith("https://")


def load_settings(instance: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read ``config.toml`` of the instance folder; the environment's upper-case names go first.

    Raises ConfigFaults with every fault found.
    """
    path = instance / "config.toml"
    values: dict[str, Any] = {}
    if path.exists():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigFaults(
                f"{path}: {error}; mend the file, config.example.toml shows the form"
            ) from None
    for field in msgspec.structs.fields(Settings):
        given = environment.get(field.name.upper())
        if given is not None and not field.name.startswith(("asker", "channels", "report_")):
            several = get_origin(field.type) is tuple
            values[field.name] = [p.strip() for p in given.split(",") if p.strip()] if several else given
    faults = [f"{path}: {fault}" for fault in _faults(values)]
    if faults:
        raise ConfigFaults("\n".join(faults))
    settings = msgspec.convert(values, Settings, strict=False)
    if not settings.database_url:
        file = (instance / "survey.sqlite3").resolve()
        settings = msgspec.structs.replace(settings, database_url=f"sqlite:///{file}")
    return settings


def _faults(values: Mapping[str, Any]) -> list[str]:
    fields = {field.name: field for field in msgspec.structs.fields(Settings)}
    faults = [f"{key}: no such setting; see config.example.toml" for key in values if key not in fields]
    good: dict[str, Any] = {}
    for key, value in values.items():
        if key in fields:
            try:
                good[key] = msgspec.convert(value, fields[key].type, strict=False)
            except msgspec.ValidationError as error:
                faults.append(f"{key}: {error}")
    settings = Settings(**good)
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        faults.append(f"time_zone: {settings.time_zone!r} is unknown; write one such as Asia/Ho_Chi_Minh")
    if settings.period_scheme not in SCHEMES:
        faults.append(f"period_scheme: {settings.period_scheme!r} is unknown; choose {' or '.join(SCHEMES)}")
    address = urlsplit(settings.base_url)
    if address.scheme not in ("http", "https") or not address.hostname or address.path not in ("", "/"):
        faults.append(
            f"base_url: {settings.base_url!r} is no address; write one such as https://survey.example"
        )
    elif address.scheme == "http" and address.hostname not in LOOPBACK:
        faults.append(f"base_url: {settings.base_url!r} must be https; plain http is for this machine alone")
    if settings.minimum_people < 10:
        faults.append(
            f"minimum_people: {settings.minimum_people} is below 10, the least that protects a person"
        )
    low, middle, high = settings.grade_bounds
    if not 0 < low < middle < high < 1:
        faults.append(f"grade_bounds: {[low, middle, high]} are not three rising fractions between 0 and 1")
    if not 0 <= settings.satisfaction_target < 1:
        faults.append(
            f"satisfaction_target: {settings.satisfaction_target} is no rate such as 0.90; write 0 for none"
        )
    for name, lowest, highest in (("snapshot_hour", 0, 23), ("closing_grace_days", 0, 60),
                                  ("idle_minutes", 5, 720), ("kiosk_idle_seconds", 10, 600),
                                  ("kiosk_gap_seconds", 1, 600), ("kiosk_visit_seconds", 1, 3600),
                                  ("processes", 1, 64), ("threads", 1, 64),
                                  ("comment_months", 1, 12), ("answer_years", 1, 10)):  # fmt: skip
        if not lowest <= getattr(settings, name) <= highest:
            faults.append(f"{name}: {getattr(settings, name)} is not between {lowest} and {highest}")
    return faults + _access_faults(settings) + _mail_faults(settings)


def _access_faults(settings: Settings) -> list[str]:
    faults = [
        f"second_factor_roles: {role!r} is no role; choose from {', '.join(ROLES)}"
        for role in settings.second_factor_roles
        if role not in ROLES
    ]
    address = urlsplit(settings.oidc_issuer)
    if settings.oidc_issuer and not (
        address.hostname
        and (address.scheme == "https" or (address.scheme == "http" and address.hostname in LOOPBACK))
    ):
        faults.append(
            f"oidc_issuer: {settings.oidc_issuer!r} is no https address; write it as the provider's "
            "discovery document does"
        )
    if settings.oidc_issuer and not settings.oidc_client_id:
        faults.append("oidc_client_id: is empty; write the id that the provider gave this installation")
    return faults


def _mail_faults(settings: Settings) -> list[str]:
    faults = []
    if not 1 <= settings.smtp_port <= 65_535:
        faults.append(f"smtp_port: {settings.smtp_port} is not between 1 and 65535")
    if settings.smtp_security == "none" and settings.smtp_host not in ("", *LOOPBACK):
        faults.append(
            f"smtp_security: 'none' is for this machine alone; {settings.smtp_host!r} needs starttls or tls"
        )
    if settings.smtp_host and not ADDRESS.fullmatch(settings.mail_from):
        faults.append(
            f"mail_from: {settings.mail_from!r} is no address; write one such as survey@nghean.example"
        )
    if not settings.smtp_user.isascii():
        faults.append(
            f"smtp_user: {settings.smtp_user!r} has letters that no mail server takes; use a-z, 0-9"
        )
    return faults


def load_oidc_secret(instance: Path) -> str:
    """Give the secret by which the provider of other sign-ins knows this installation.

    Raises ConfigFaults if there is none.
    """
    path = instance / "secrets" / "oidc.secret"
    secret = path.read_text(encoding="utf-8").strip() if path.exists() else ""
    if not secret:
        raise ConfigFaults(f"{path}: missing or empty; write the secret that the provider gave into it")
    return secret


def create_keys(instance: Path) -> list[Path]:
    """Make the keys that are missing, readable by their owner only; give the files that were made."""
    folder = instance / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for name in KEYS:
        path = folder / f"{name}.keys"
        if not path.exists():
            _write_keys(path, [secrets.token_hex(32)])
            made.append(path)
    return made


def rotate_keys(instance: Path, kept: int = 2) -> None:
    """Put a new key before the old ones; the last ``kept`` keys still open what they signed."""
    for name in KEYS:
        keys = [secrets.token_hex(32), *load_keys(instance, name)]
        _write_keys(instance / "secrets" / f"{name}.keys", keys if name in KEPT_FOR_EVER else keys[:kept])


def load_keys(instance: Path, name: str) -> list[str]:
    """Give the keys of one purpose, newest first.

    Raises ConfigFaults if they are missing or too short.
    """
    path = instance / "secrets" / f"{name}.keys"
    if not path.exists():
        raise ConfigFaults(f"{path}: missing; 'survey db upgrade' makes it")
    keys = path.read_text(encoding="ascii").split()
    if not keys or min(map(len, keys)) < 32:
        raise ConfigFaults(
            f"{path}: has no key of at least 32 signs a line; delete it and run 'survey db upgrade'"
        )
    return keys


def _write_keys(path: Path, keys: list[str]) -> None:
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write("\n".join(keys) + "\n")
    fresh.replace(path)
