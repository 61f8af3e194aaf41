"""Answering a request about personal data."""

from wtforms import StringField
from wtforms.validators import Length

from app.web.forms import Form, tidy_text
from app.web.reasons import REASON_MAX, no_numbers, reason_field


class DoneForm(Form):
    """What the person reads; may be left out."""

    words = StringField(
        "Trả lời người yêu cầu",
        [Length(max=REASON_MAX, message=f"Lời trả lời dài nhiều nhất {REASON_MAX} ký tự."), no_numbers],
        filters=[tidy_text],
    )


class ExtendForm(Form):
    """Why it takes longer; the person reads it, and it stays in the audit."""

    words = reason_field("Lý do kéo dài", example="cần đối chiếu hồ sơ giải thưởng")


class RefuseForm(Form):
    """Why not; the person reads it, and it stays in the audit."""

    words = reason_field("Lý do không thực hiện", example="chưa xác nhận được đúng là người yêu cầu")
