"""Settings: every wrong value is one clear line."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from app import config, create_app
from app.config import ROOT, ConfigError, Settings, read_settings


def test_without_settings_the_shipped_contest_on_sqlite() -> None:
    settings = read_settings({})
    assert settings == Settings(
        instance=ROOT / "instance",
        database_url=f"sqlite:///{ROOT / 'instance' / 'lantoa.sqlite'}",
        contest=ROOT / "contests" / "cong-dan-so-hai-phong-2025",
    )
    assert settings.database_url.startswith("sqlite:////")
    assert settings.keys_file == ROOT / "instance" / "keys.json"
    assert settings.is_sqlite
    assert not settings.https
    assert not settings.testing


def test_empty_values_are_as_if_unset() -> None:
    """systemd and docker hand over `NAME=` for what was left open."""
    names = [line.split("`")[1] for line in (config.__doc__ or "").splitlines() if line.startswith("| `LANTOA_")]
    assert len(names) >= 10
    assert read_settings(dict.fromkeys(names, "")) == read_settings({})


def test_everything_can_be_set(tmp_path: Path) -> None:
    contest = ROOT / "tests" / "support" / "packs" / "small"
    settings = read_settings(
        {
            "LANTOA_INSTANCE": str(tmp_path / "a" / ".."),
            "LANTOA_DATABASE_URL": "postgresql+psycopg://lantoa@/lantoa",
            "LANTOA_CONTEST": str(contest),
            "LANTOA_SHIFT_WINDOW": "off",
            "LANTOA_HTTPS": "on",
            "LANTOA_BASE_URL": "https://thi.example.gov.vn/",
            "LANTOA_PROXY_HOPS": "1",
            "LANTOA_HASHING": "cheapest",
            "LANTOA_SQLITE_SYNC": "NORMAL",
            "LANTOA_SNAPSHOT_SECONDS": "0.5",
            "LANTOA_SMS": "http",
            "LANTOA_SMS_CONFIG": str(contest / "contest.toml"),
            "LANTOA_SMS_PER_DAY": "500",
        }
    )
    assert settings == Settings(
        instance=tmp_path,
        database_url="postgresql+psycopg://lantoa@/lantoa",
        contest=contest,
        shift_window="off",
        https=True,
        base_url="https://thi.example.gov.vn",
        proxy_hops=1,
        hashing="cheapest",
        sqlite_sync="NORMAL",
        snapshot_seconds=0.5,
        sms="http",
        sms_config=contest / "contest.toml",
        sms_per_day=500,
    )
    assert not settings.is_sqlite


WRONG = [
    *(("LANTOA_SHIFT_WINDOW", value) for value in ("yes", "ON", " on")),
    *(("LANTOA_HTTPS", value) for value in ("true", "1", "On")),
    *(("LANTOA_HASHING", value) for value in ("none", "fast")),
    *(("LANTOA_SQLITE_SYNC", value) for value in ("OFF", "full")),
    *(("LANTOA_PROXY_HOPS", value) for value in ("-1", "2", "one", "nan", "0.5")),
    *(("LANTOA_SNAPSHOT_SECONDS", value) for value in ("-1", "601", "soon", "nan", "inf", "5s")),
    *(
        ("LANTOA_DATABASE_URL", value)
        for value in ("sqlite://", "sqlite:///lantoa.sqlite", "sqlite:///:memory:", "postgresql://a/b", "mysql://a/b")
    ),
    *(
        ("LANTOA_BASE_URL", value)
        for value in (
            "thi.example.gov.vn",
            "ftp://thi.example.gov.vn",
            "https://",
            "https://thi.example.gov.vn/cong",
            "https://thi.example.gov.vn?a=1",
            "https://thi.example.gov.vn#a",
            "https://thi.example.gov.vn:cổng",
            "https://[thi",
        )
    ),
    *(("LANTOA_SMS", value) for value in ("on", "HTTP", "esms")),
    *(("LANTOA_SMS_PER_DAY", value) for value in ("0", "-1", "many", "1e9")),
    *(("LANTOA_CONTEST", value) for value in ("/no/such/folder", "contest.toml", "/")),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_one_line_that_names_it(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_settings({name: value})
    told = str(refused.value)
    assert told.startswith(name)
    assert "\n" not in told
    assert "expected" in told or "no contest.toml" in told


def test_a_password_in_a_wrong_database_url_is_not_told() -> None:
    with pytest.raises(ConfigError) as refused:
        read_settings({"LANTOA_DATABASE_URL": "postgres://lantoa:bimat@host/lantoa"})
    assert "bimat" not in str(refused.value)


@pytest.mark.parametrize(
    "value", ["http://localhost:8000", "https://thi.example.gov.vn:8443", "https://thi.example.gov.vn///"]
)
def test_addresses_that_are_good(value: str) -> None:
    assert read_settings({"LANTOA_BASE_URL": value}).base_url == value.rstrip("/")


def test_settings_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        read_settings({}).https = True  # type: ignore[misc]


@pytest.mark.parametrize("path", ["", "sms.toml", "/no/such/file.toml", "/"])
def test_an_http_gateway_without_its_file(path: str) -> None:
    with pytest.raises(ConfigError, match=r"^LANTOA_SMS_CONFIG: expected the absolute path of a file"):
        read_settings({"LANTOA_SMS": "http", "LANTOA_SMS_CONFIG": path})


def test_codes_do_not_stand_in_the_log_of_a_public_portal() -> None:
    assert read_settings({"LANTOA_SMS": "console"}).sms == "console"
    with pytest.raises(ConfigError, match=r"^LANTOA_SMS='console': expected file or http"):
        read_settings({"LANTOA_SMS": "console", "LANTOA_HTTPS": "on"})


def test_a_gateway_that_makes_no_sense_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "sms.toml"
    path.write_text("url = 1", encoding="utf-8")
    settings = read_settings({"LANTOA_INSTANCE": str(tmp_path), "LANTOA_SMS": "http", "LANTOA_SMS_CONFIG": str(path)})
    with pytest.raises(ConfigError, match=r"^LANTOA_SMS_CONFIG: url: expected"):
        create_app(settings)
