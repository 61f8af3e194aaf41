"""One-time codes as rows alone."""

from datetime import datetime

from app.models import CodePurpose, OneTimeCode
from app.services.one_time_codes import GOOD_FOR


def bare_code(account_id: int | None, *, phone_mark: str, at: datetime, used: bool = False) -> OneTimeCode:
    """Given out then, and nobody can type it; to be added."""
    return OneTimeCode(
        purpose=CodePurpose.RECOVERY,
        account_id=account_id,
        phone_mark=phone_mark,
        prefix_mark="p",
        browser_mark="b",
        code_mark="c",
        created_at=at,
        expires_at=at + GOOD_FOR,
        used_at=at if used else None,
    )
