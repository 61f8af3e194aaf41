"""What every gateway is: somebody to whom a message is handed, who says what became of it."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.rules.numbers import shown_phone


class Template(StrEnum):
    """What a message is about. Each has one text."""

    RECOVERY = "recovery"


# Without marks, so that 160 characters fit into one message; without an address, so that people learn to press none.
_TEXTS = {
    Template.RECOVERY: (
        "Ma dat lai mat khau cuoc thi: {code}. Ma dung duoc trong 5 phut. "
        "Khong dua ma nay cho ai, ke ca nguoi xung la can bo."
    )
}


class Verdict(StrEnum):
    """What became of a message. Only after RETRY is it surely not on its way, and may be handed over again."""

    SENT = "sent"
    RETRY = "retry"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict and, for the operator, a few words that hold neither phone nor text."""

    verdict: Verdict
    words: str = ""


class Gateway(Protocol):
    """Hands one message over. Never raises: what went wrong is an answer too."""

    def send(self, *, phone: str, template: Template, params: Mapping[str, str], idempotency_key: str) -> Answer:
        """To an E.164 phone; a gateway that knows keys sends a message with the same key once."""


def text_of(template: Template, params: Mapping[str, str]) -> str:
    """The words of a message."""
    return _TEXTS[template].format_map(params)


class ConsoleGateway:
    """Prints messages: to try the portal on one's own machine."""

    def __init__(self, say: Callable[[str], object] = print) -> None:
        self._say = say

    def send(self, *, phone: str, template: Template, params: Mapping[str, str], idempotency_key: str) -> Answer:
        """Print it."""
        self._say(f"SMS {shown_phone(phone)}: {text_of(template, params)}")
        return Answer(Verdict.SENT)


class FileGateway:
    """Adds a line of JSON {key, phone, text} to a file that only its owner can read: for a modem's own program."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, *, phone: str, template: Template, params: Mapping[str, str], idempotency_key: str) -> Answer:
        """Write it."""
        line = json.dumps({"key": idempotency_key, "phone": phone, "text": text_of(template, params)})
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(f"{line}\n")
        except OSError as fault:
            return Answer(Verdict.RETRY, f"không ghi được tệp ({type(fault).__name__})")
        return Answer(Verdict.SENT)
