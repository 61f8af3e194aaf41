"""Reasons that go into the audit: asked for in every form alike, and without anybody's number in them."""

from typing import Any

from wtforms import Field, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from app.rules.numbers import tells_number
from app.web.forms import tidy_text

REASON_MAX = 300
NO_NUMBERS = "Bỏ số điện thoại, số căn cước ra khỏi lý do: lý do được lưu mãi và nhiều người đọc được."


def reason_field(label: str, *, example: str) -> StringField:
    """A required reason; `example` shows how one reads."""
    ask = f"Ghi lý do, ví dụ: {example}."

    def not_blank(_form: Any, field: Field) -> None:
        if not field.data:
            raise ValidationError(ask)

    too_long = f"Lý do dài nhiều nhất {REASON_MAX} ký tự."
    rules = [InputRequired(ask), not_blank, Length(max=REASON_MAX, message=too_long), no_numbers]
    return StringField(label, rules, filters=[tidy_text])


def no_numbers(_form: Any, field: Field) -> None:
    """Validator: the audit is for ever and holds no personal data."""
    if tells_number(field.data or ""):
        raise ValidationError(NO_NUMBERS)
