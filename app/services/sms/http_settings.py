"""`sms.toml`: how the gateway of a city is asked over HTTP. docs/huong-dan-van-hanh.md shows three of them whole."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.config import ConfigError

# What stands in braces in a setting is replaced, value by value, before anything is written as JSON or as a form.
PLACEHOLDER = re.compile(r"\{(\w+)\}")
FIELDS = frozenset({"phone", "phone84", "e164", "text", "code", "key"})
_NEEDED = ({"phone", "phone84", "e164"}, {"text", "code"})
_KEYS = frozenset(
    {"url", "method", "format", "timeout", "headers", "query", "auth", "body", "success", "retry"},
)
_NEAR = ("127.0.0.1", "::1", "localhost")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_WAIT = 30


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """The file, read and checked. Values may hold placeholders; `auth` is user and password."""

    url: str
    method: str = "POST"
    format: str = "json"
    timeout: float = 8.0
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    auth: tuple[str, str] | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    success_field: str = ""
    success_values: frozenset[str] = frozenset()
    success_pattern: re.Pattern[str] | None = None
    retry_values: frozenset[str] = frozenset()


def read_http_settings(path: Path) -> HttpSettings:
    """Settings of one gateway. Raises ConfigError with one line that names the setting and never its value."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise _wrong(f"{path} cannot be read ({type(fault).__name__})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise _wrong(f"{path} is not TOML") from None  # the fault's own words may hold a secret
    if unknown := set(content) - _KEYS:
        raise _wrong(f"unknown setting {sorted(unknown)[0]!r}")
    settings = HttpSettings(
        url=_url(content.get("url")),
        method=_choice(content, "method", "POST", ("POST", "GET")),
        format=_choice(content, "format", "json", ("json", "form")),
        timeout=_timeout(content.get("timeout", 8)),
        headers=_headers(content),
        query=_flat(content, "query"),
        auth=_auth(content),
        body=_table(content, "body"),
        **_success(content),
        retry_values=_values(_table(content, "retry", ("values",)), "retry"),
    )
    _hold_together(settings)
    return settings


def _wrong(what: str) -> ConfigError:
    return ConfigError(f"LANTOA_SMS_CONFIG: {what}")


def _url(url: object) -> str:
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        good = bool(parts.hostname) and parts.port != 0 and not (parts.query or parts.fragment or parts.username)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _NEAR)
    except ValueError:  # brackets or a port that are none
        good = safe = False
    if not good or not safe or not str(url).isascii() or not str(url).isprintable() or " " in str(url):
        raise _wrong("url: expected https://host/path without a query (http:// only to this machine itself)")
    return str(url)


def _choice(content: Mapping[str, Any], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = content.get(name, default)
    if value not in choices:
        raise _wrong(f"{name}: expected one of {', '.join(choices)}")
    return str(value)


def _timeout(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LONGEST_WAIT:
        raise _wrong(f"timeout: expected seconds, at most {_LONGEST_WAIT}")
    return float(value)


def _table(content: Mapping[str, Any], name: str, keys: tuple[str, ...] | None = None) -> dict[str, Any]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise _wrong(f"{name}: expected a table, [{name}]")
    if keys is not None and (unknown := set(table) - set(keys)):
        raise _wrong(f"unknown setting {name}.{sorted(unknown)[0]}")
    return table


def _flat(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = _table(content, name)
    if not all(isinstance(value, str | int | float) for value in table.values()):
        raise _wrong(f"{name}: expected texts and numbers only")
    return table


def _headers(content: Mapping[str, Any]) -> dict[str, str]:
    headers = {name: str(value) for name, value in _flat(content, "headers").items()}
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name) or not value.isascii() or not value.isprintable():
            raise _wrong("headers: expected plain ASCII on one line")
    return headers


def _auth(content: Mapping[str, Any]) -> tuple[str, str] | None:
    table = _table(content, "auth", ("user", "password"))
    if not table:
        return None
    user, password = table.get("user"), table.get("password")
    if not isinstance(user, str) or not isinstance(password, str):
        raise _wrong("auth: expected user and password")
    return user, password


def _values(table: Mapping[str, Any], name: str) -> frozenset[str]:
    values = table.get("values", [])
    if not isinstance(values, list) or not all(isinstance(value, str | int) for value in values):
        raise _wrong(f'{name}.values: expected a list such as ["100"]')
    return frozenset(shown_value(value) for value in values)


def _success(content: Mapping[str, Any]) -> dict[str, Any]:
    table = _table(content, "success", ("field", "values", "pattern"))
    by_field = isinstance(table.get("field"), str) and bool(table["field"]) and bool(table.get("values"))
    by_pattern = isinstance(table.get("pattern"), str) and bool(table["pattern"])
    if by_field == by_pattern:
        raise _wrong("success: expected field and values (of a JSON answer), or a pattern (of any other)")
    if by_field:
        return {"success_field": table["field"], "success_values": _values(table, "success")}
    try:
        return {"success_pattern": re.compile(table["pattern"])}
    except re.error:
        raise _wrong("success.pattern: not a regular expression") from None


def _hold_together(settings: HttpSettings) -> None:
    if settings.method == "GET" and settings.body:
        raise _wrong("body: a GET has none; use [query]")
    if settings.method == "POST" and settings.format == "form":
        _flat({"body": settings.body}, "body")
    if settings.retry_values and not settings.success_field:
        raise _wrong("retry.values: needs success.field")
    used = set(_placeholders([settings.headers, settings.query, settings.body]))
    if unknown := used - FIELDS:
        raise _wrong(f"unknown placeholder {{{sorted(unknown)[0]}}}; there are {', '.join(sorted(FIELDS))}")
    if not all(used & needed for needed in _NEEDED):
        raise _wrong("neither [body] nor [query] holds both a phone ({phone}) and a text ({text} or {code})")


def _placeholders(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from PLACEHOLDER.findall(value)
    elif isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _placeholders(part)


def shown_value(value: object) -> str:
    """A value of JSON as it is compared: `100` and `"100"` are the same."""
    return str(value).lower() if isinstance(value, bool) else str(value)
