"""Citizen numbers (số định danh cá nhân) and phones: what is accepted, how it is shown. Source: TT 59/2021/TT-BCA."""

import re

_PROVINCES = (
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042"
    " 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087"
    " 089 091 092 093 094 095 096"
)
PROVINCE_CODES = frozenset(_PROVINCES.split())
_SEPARATORS = re.compile(r"[\s.\-()]+")
_FIGURES = re.compile(r"\d(?:[\s.\-()]*\d)+")


def _digits(text: str) -> str:
    return _SEPARATORS.sub("", text)


def citizen_number(text: str) -> str | None:
    """Twelve digits as typed, blanks, dots and dashes dropped; None when it cannot be a citizen number."""
    digits = _digits(text)
    return digits if re.fullmatch(r"[0-9]{12}", digits) else None


def is_old_identity_number(text: str) -> bool:
    """A nine-digit CMND, which has had no value in transactions since 1/1/2025."""
    return re.fullmatch(r"[0-9]{9}", _digits(text)) is not None


def birth_year(number: str) -> int:
    """Year of birth that digits 4 to 6 tell."""
    return 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])


def citizen_number_doubts(number: str, *, this_year: int) -> list[str]:
    """Reasons to ask the person to look again; never a reason to refuse."""
    doubts = []
    if number[:3] not in PROVINCE_CODES:
        doubts.append("province")
    if int(number[3]) > 3:
        doubts.append("century")
    elif not 0 <= age_this_year(number, this_year=this_year) <= 110:
        doubts.append("age")
    return doubts


def age_this_year(number: str, *, this_year: int) -> int:
    """The age that this person reaches this year; below 0 for a year of birth to come."""
    return this_year - birth_year(number)


def is_surely_younger(number: str, *, than: int, this_year: int) -> bool:
    """Whether the person is younger whatever the birthday; a year of birth to come is a doubt, not an age."""
    return 0 <= age_this_year(number, this_year=this_year) < than


def grouped_citizen_number(number: str) -> str:
    """`031 0 89 123456`: province, century and sex, year of birth, the rest; for comparing with the card."""
    return f"{number[:3]} {number[3]} {number[4:6]} {number[6:]}"


def masked_citizen_number(last_four: str) -> str:
    """How a citizen number is shown: `•••• •••• 1234`."""
    return f"•••• •••• {last_four}"


def phone_number(text: str) -> str | None:
    """E.164 of a Vietnamese mobile number, or None: ten digits that begin 03, 05, 07, 08 or 09."""
    digits = _digits(text).removeprefix("+")
    for prefix in ("0084", "84"):
        if digits.startswith(prefix) and len(digits) >= len(prefix) + 9:
            digits = "0" + digits.removeprefix(prefix).removeprefix("0")
            break
    return "+84" + digits[1:] if re.fullmatch(r"0[35789][0-9]{8}", digits) else None


def tells_number(text: str) -> bool:
    """Whether a free text holds what looks like a phone, a citizen number or an old CMND, however it is grouped.

    Some harmless rows of figures look like one too; who wrote them can put words between.
    """
    for run in _FIGURES.findall(text):
        groups = re.findall(r"\d+", run)
        for start in range(len(groups)):
            for end in range(start + 1, len(groups) + 1):
                digits = "".join(groups[start:end])
                if len(digits) in (9, 12) or phone_number(digits) or (end == start + 1 and len(digits) > 8):
                    return True
    return False


def shown_phone(e164: str) -> str:
    """`+84912345678` as `0912 345 678`; one that was deleted stays empty."""
    if not e164:
        return ""
    local = "0" + e164.removeprefix("+84")
    return f"{local[:4]} {local[4:7]} {local[7:]}"
