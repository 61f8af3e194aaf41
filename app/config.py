"""Settings of one installation, read once from the environment. They refuse to be read when they make no sense.

| variable | default | meaning |
|---|---|---|
| `LANTOA_INSTANCE` | `instance/` beside the code | folder of the SQLite file, the keys, the backups |
| `LANTOA_DATABASE_URL` | SQLite in the instance folder | `sqlite:////path` or `postgresql+psycopg://…` |
| `LANTOA_CONTEST` | `contests/cong-dan-so-hai-phong-2025` | contest pack that is loaded into an empty database |
| `LANTOA_SHIFT_WINDOW` | `auto` | `on`: move the contest's dates to now, `off`: never, `auto`: as the pack says |
| `LANTOA_HTTPS` | `off` | `on` behind HTTPS: `__Host-` cookie, Secure, HSTS |
| `LANTOA_BASE_URL` | taken from the request | public address that certificates print, `https://thi.example.gov.vn` |
| `LANTOA_PROXY_HOPS` | `0` | `1` behind one reverse proxy: take the client's address from it |
| `LANTOA_HASHING` | `normal` | `cheapest` only for load tests: weakest password hashing |
| `LANTOA_SQLITE_SYNC` | `FULL` | `NORMAL` is faster, but a power cut may lose the last saves |
| `LANTOA_SNAPSHOT_SECONDS` | `5` | how often public figures are counted, and how old other public pages may be |
| `LANTOA_SMS` | `off` | gateway of short messages: `http`, `file` (`instance/sms.jsonl`), `console` (trials) |
| `LANTOA_SMS_CONFIG` | none | with `http`: absolute path of the `sms.toml` that describes the gateway |
| `LANTOA_SMS_PER_DAY` | `2000` | codes by short message in 24 hours; at 80 % no more are sent |
| `LANTOA_BIND` · `PORT` | `0.0.0.0` · `8000` | where gunicorn listens (gunicorn.conf.py) |
| `WEB_CONCURRENCY` | `2` | worker processes, each works on four requests at a time |
| `LANTOA_ACCESS_LOG` | off | a path, or `-` for standard output |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent


class ConfigError(Exception):
    """A setting makes no sense; the message is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Frozen settings; see the table above."""

    instance: Path
    database_url: str
    contest: Path
    shift_window: Literal["auto", "on", "off"] = "auto"
    https: bool = False
    base_url: str = ""
    proxy_hops: int = 0
    hashing: Literal["normal", "cheapest"] = "normal"
    sqlite_sync: Literal["FULL", "NORMAL"] = "FULL"
    snapshot_seconds: float = 5.0
    sms: Literal["off", "console", "file", "http"] = "off"
    sms_config: Path | None = None
    sms_per_day: int = 2000
    testing: bool = False

    @property
    def keys_file(self) -> Path:
        """Secret keys of this installation."""
        return self.instance / "keys.json"

    @property
    def sms_file(self) -> Path:
        """Where the gateway `file` writes."""
        return self.instance / "sms.jsonl"

    @property
    def is_sqlite(self) -> bool:
        """SQLite instead of Postgres."""
        return self.database_url.startswith("sqlite")


def _one_of(environ: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = environ.get(name, default) or default
    if value not in choices:
        raise ConfigError(f"{name}={value!r}: expected one of {', '.join(choices)}")
    return value


def _number(environ: Mapping[str, str], name: str, default: str, low: float, high: float) -> float:
    value = environ.get(name, default) or default
    try:
        number = float(value)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise ConfigError(f"{name}={value!r}: expected a number from {low:g} to {high:g}")
    return number


def _database_url(environ: Mapping[str, str], instance: Path) -> str:
    url = environ.get("LANTOA_DATABASE_URL") or f"sqlite:///{instance / 'lantoa.sqlite'}"
    if url.startswith("sqlite:////"):
        return url
    if url.startswith("postgresql+psycopg://"):
        return url
    raise ConfigError("LANTOA_DATABASE_URL: expected sqlite:////absolute/path or postgresql+psycopg://user@host/name")


def _base_url(environ: Mapping[str, str]) -> str:
    url = environ.get("LANTOA_BASE_URL", "").rstrip("/")
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # brackets or a port that are none
        good = False
    if url and (not good or parts.path or parts.query or parts.fragment or parts.username):
        raise ConfigError(f"LANTOA_BASE_URL={url!r}: expected https://host without a path")
    return url


def _sms(environ: Mapping[str, str], *, https: bool) -> tuple[str, Path | None]:
    driver = _one_of(environ, "LANTOA_SMS", "off", ("off", "console", "file", "http"))
    if driver == "console" and https:
        raise ConfigError("LANTOA_SMS='console': expected file or http with LANTOA_HTTPS=on, or codes stand in the log")
    if driver != "http":
        return driver, None
    path = Path(environ.get("LANTOA_SMS_CONFIG") or "")
    if not path.is_absolute() or not path.is_file():
        raise ConfigError("LANTOA_SMS_CONFIG: expected the absolute path of a file, as LANTOA_SMS is 'http'")
    return driver, path


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables.

    Raises ConfigError with one line for the first value that makes no sense.
    """
    instance = Path(environ.get("LANTOA_INSTANCE") or ROOT / "instance").resolve()
    contest = Path(environ.get("LANTOA_CONTEST") or ROOT / "contests" / "cong-dan-so-hai-phong-2025").resolve()
    if not (contest / "contest.toml").is_file():
        raise ConfigError(f"LANTOA_CONTEST={str(contest)!r}: no contest.toml in this folder")
    on_off = ("on", "off")
    shift = _one_of(environ, "LANTOA_SHIFT_WINDOW", "auto", ("auto", *on_off))
    hashing = _one_of(environ, "LANTOA_HASHING", "normal", ("normal", "cheapest"))
    sync = _one_of(environ, "LANTOA_SQLITE_SYNC", "FULL", ("FULL", "NORMAL"))
    https = _one_of(environ, "LANTOA_HTTPS", "off", on_off) == "on"
    sms, sms_config = _sms(environ, https=https)
    return Settings(
        instance=instance,
        database_url=_database_url(environ, instance),
        contest=contest,
        shift_window=shift,  # type: ignore[arg-type]  # held by _one_of
        https=https,
        base_url=_base_url(environ),
        proxy_hops=int(_one_of(environ, "LANTOA_PROXY_HOPS", "0", ("0", "1"))),
        hashing=hashing,  # type: ignore[arg-type]
        sqlite_sync=sync,  # type: ignore[arg-type]
        snapshot_seconds=_number(environ, "LANTOA_SNAPSHOT_SECONDS", "5", 0, 600),
        sms=sms,  # type: ignore[arg-type]
        sms_config=sms_config,
        sms_per_day=int(_number(environ, "LANTOA_SMS_PER_DAY", "2000", 1, 1_000_000)),
    )
