"""How amounts are written in Vietnamese: on pages, in files and in what is signed."""

from decimal import ROUND_HALF_UP, Decimal


def number(value: int) -> str:
    """`70949` → `70.949`."""
    return f"{value:,}".replace(",", ".")


def decimal(value: float | Decimal, digits: int = 1) -> str:
    """`18.24` → `18,2`, `18.25` → `18,3`: as people and spreadsheets round, where Python goes to the even one."""
    return str(Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)).replace(".", ",")


def percent(share: float) -> str:
    """`0.594` → `59,4 %`, with a space that does not break; a half goes up, as in `decimal`."""
    return decimal(100 * Decimal(str(share))) + "\u00a0%"


def duration(seconds: int) -> str:
    """`725` → `12 phút 05 giây`, `45` → `45 giây`."""
    return full_duration(seconds) if seconds >= 60 else f"{seconds} giây"


def full_duration(seconds: int) -> str:
    """`45` → `0 phút 45 giây`: in files all lines are alike."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} phút {rest:02d} giây"
