"""The QR code of the citizen card, as a scanner types it. Source: FACTS 3.2, parsed by pattern and not by position.

Cards of 2021 to 2024 hold `number|old number|name|ddMMyyyy|sex|address|ddMMyyyy`, some without the old number; those of
2024 hold more, also about relatives. Only the number and the name leave this module; birth date and sex are compared
with the number, and the rest is dropped.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from app.rules.names import fold, is_person_name, tidy
from app.rules.numbers import birth_year

_LONGEST = 4000  # characters; the longest code that can be printed holds fewer
_SCANNER = re.compile(r"^\][A-Za-z]\d")  # `]Q3`: which kind of code it was, as some scanners say first
_HEALTH_CARD = re.compile(r"[A-Z]{2}\d{13}|\d{10}")
_SEXES = {"nam": 0, "nu": 1}


class NotACard(Exception):
    """Nothing that a citizen card holds."""


class HealthCard(NotACard):
    """The code of a health-insurance card: fields too, but another number, and the name in hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Card:
    """Twelve digits; the name, empty when it came garbled; `doubtful`: birth date or sex are not the number's."""

    number: str
    name: str
    doubtful: bool


def read_card(scan: str) -> Card:
    """What a scanner typed → what is needed of it. Raises HealthCard and NotACard."""
    first, *rest = [_clean(part) for part in scan[:_LONGEST].split("|")]
    number = re.sub(r"\W", "", _SCANNER.sub("", first))
    if rest and _HEALTH_CARD.fullmatch(number.upper()):
        raise HealthCard
    if re.fullmatch(r"[0-9]{12}", number) is None:
        raise NotACard
    if rest and re.fullmatch(r"|[0-9]{9}|[0-9]{12}", rest[0]):
        rest = rest[1:]
    place = next((place for place, part in enumerate(rest) if any(map(str.isalpha, part))), len(rest))
    return Card(number, _name(rest[place]) if place < len(rest) else "", _is_doubtful(number, rest[place + 1 :]))


def _clean(part: str) -> str:
    """Without keys that are no letters. What stands between \x80 and \xa0 may be half a letter, see `_name`."""
    return "".join(char for char in part if char >= " " and char not in "\x7f\ufeff").strip(" ")


def _name(text: str) -> str:
    for wrong in ("latin-1", "cp1252"):  # UTF-8 that the scanner took for something else
        with suppress(UnicodeError):
            text = text.encode(wrong).decode()
            break
    name = tidy(text)
    if not is_person_name(name) or fold(name) in _SEXES:
        return ""
    return " ".join(word.capitalize() for word in name.split()) if name.isupper() else name


def _is_doubtful(number: str, rest: list[str]) -> bool:
    born = next((date for part in rest if (date := _date(part))), None)
    sex = next((_SEXES[fold(part)] for part in rest if fold(part) in _SEXES), None)
    return (born is not None and born.year != birth_year(number)) or (sex is not None and sex != int(number[3]) % 2)


def _date(part: str) -> datetime | None:
    with suppress(ValueError):
        if re.fullmatch(r"[0-9]{8}", part):
            return datetime.strptime(part, "%d%m%Y")  # noqa: DTZ007  a day, no moment
    return None
