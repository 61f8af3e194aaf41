"""What every form asks alike of a person's name and phone, wherever one is typed."""

from typing import Any

from wtforms import Field, ValidationError

from app.rules import numbers
from app.rules.names import is_person_name

WRONG_PHONE = "Số điện thoại gồm 10 số, bắt đầu bằng 03, 05, 07, 08 hoặc 09. Ví dụ: 0912 345 678."


def is_name(_form: Any, field: Field) -> None:
    """Validator: letters of any people's names."""
    if not is_person_name(field.data or ""):
        raise ValidationError("Họ và tên chỉ gồm chữ cái, từ 2 đến 80 ký tự, như trên thẻ căn cước.")


def is_phone(_form: Any, field: Field) -> None:
    """Validator: ten digits."""
    if numbers.phone_number(field.data or "") is None:
        raise ValidationError(WRONG_PHONE)


def typed_phone(field: Field) -> str:
    """In E.164; empty when it is none."""
    return numbers.phone_number(field.data or "") or ""
