from pathlib import Path

import msgspec
import pytest

from survey_app.config import (
    KEYS,
    ConfigFaults,
    Settings,
    create_keys,
    load_keys,
    load_oidc_secret,
    load_settings,
    rotate_keys,
)

EXAMPLE = Path(__file__).resolve().parents[1] / "instance" / "config.example.toml"


def written(folder: Path, text: str) -> Path:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder


def test_example__loaded__gives_the_defaults_and_names_every_setting(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    settings = load_settings(written(tmp_path, text), {})
    assert msgspec.structs.replace(settings, database_url="") == Settings()
    for field in msgspec.structs.fields(Settings):
        assert f"\n{field.name} = " in text or f"\n[{field.name}]" in text, field.name


def test_no_file__defaults_with_sqlite_in_the_instance(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).database_url == f"sqlite:///{tmp_path / 'survey.sqlite3'}"


def test_environment__goes_before_the_file(tmp_path: Path) -> None:
    folder = written(tmp_path, 'base_url = "https://a.example"\nthreads = 2')
    given = {"BASE_URL": "https://b.example", "THREADS": "8", "TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2"}
    settings = load_settings(folder, given)
    assert (settings.base_url, settings.threads) == ("https://b.example", 8)
    assert settings.trusted_proxies == ("10.0.0.1", "10.0.0.2")


def test_faults__all_listed_at_once(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        'base_url = "http://survey.example"\ntime_zone = "Asia/Vinh"\nthreads = "many"\nlanguage = "vi"\n'
        "minimum_people = 5\nsnapshot_hour = 24\ngrade_bounds = [0.8, 0.65, 0.9]\nsatisfaction_target = 90\n",
    )
    with pytest.raises(ConfigFaults) as faults:
        load_settings(folder, {})
    lines = str(faults.value).splitlines()
    names = ["base_url", "time_zone", "threads", "language", "minimum_people", "snapshot_hour"]
    names += ["grade_bounds", "satisfaction_target"]
    assert len(lines) == len(names)
    for name in names:
        assert sum(f": {name}: " in line for line in lines) == 1


def test_access__settings_that_let_nobody_in_or_anybody__faults(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        'second_factor_roles = ["inspector", "king"]\nidle_minutes = 0\noidc_issuer = "http://provider.example"\n',
    )
    with pytest.raises(ConfigFaults) as faults:
        load_settings(folder, {})
    names = ("idle_minutes", "second_factor_roles", "oidc_issuer", "oidc_client_id")
    lines = str(faults.value).splitlines()
    assert len(lines) == len(names)
    for name in names:
        assert sum(f": {name}: " in line for line in lines) == 1


def test_oidc_secret__missing_or_empty__refused(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "oidc.secret"
    for _ in range(2):
        with pytest.raises(ConfigFaults, match=r"oidc\.secret: missing or empty"):
            load_oidc_secret(tmp_path)
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n")
    path.write_text("a secret\n")
    assert load_oidc_secret(tmp_path) == "a secret"


@pytest.mark.parametrize("text", ["base_url = ", "base_url = 'x", "\x00"])
def test_file__not_toml__says_where(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigFaults, match=r"config\.toml"):
        load_settings(written(tmp_path, text), {})


def test_keys__made_once_for_their_owner_alone(tmp_path: Path) -> None:
    made = create_keys(tmp_path)
    assert [path.stat().st_mode & 0o777 for path in made] == [0o600] * len(KEYS)
    assert create_keys(tmp_path) == []
    assert len(load_keys(tmp_path, "visit")[0]) == 64


def test_keys__rotated__old_one_still_known_then_gone(tmp_path: Path) -> None:
    create_keys(tmp_path)
    first = load_keys(tmp_path, "visit")[0]
    rotate_keys(tmp_path)
    assert load_keys(tmp_path, "visit")[1:] == [first]
    rotate_keys(tmp_path)
    assert first not in load_keys(tmp_path, "visit")


def test_keys__missing_or_short__refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigFaults, match="survey db upgrade"):
        load_keys(tmp_path, "session")
    create_keys(tmp_path)
    (tmp_path / "secrets" / "session.keys").write_text("short\n")
    with pytest.raises(ConfigFaults, match="no key of at least 32"):
        load_keys(tmp_path, "session")
