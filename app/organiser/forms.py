"""Deciding stories."""

from datetime import datetime

from wtforms import HiddenField, RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from app.web.forms import Form, tidy_text
from app.web.reasons import REASON_MAX, no_numbers

_OTHER = "khac"
_REASONS = {
    "rieng-tu": "Bài có thông tin riêng tư như số điện thoại, số căn cước, địa chỉ nhà.",
    "lac-de": "Bài chưa nói về việc học và dùng kỹ năng số.",
    "loi-le": "Lời lẽ trong bài chưa phù hợp để đăng.",
    "chep-lai": "Bài giống bài của người khác. Mời bạn viết bằng lời của mình.",
}


class DecisionForm(Form):
    """Which words were read: the moment at which the author sent them."""

    told_at = HiddenField()

    @property
    def read_at(self) -> datetime | None:
        """The moment, or None when the page was tampered with."""
        try:
            moment = datetime.fromisoformat(self.told_at.data or "")
        except ValueError:
            return None
        return moment if moment.tzinfo else None


class RefusalForm(DecisionForm):
    """A ready reason, own words, or both; the author reads them."""

    reason = RadioField(
        "Lý do",
        [InputRequired("Chọn một lý do.")],
        choices=[SelectChoice(*reason) for reason in (*_REASONS.items(), (_OTHER, "Lý do khác, ghi ở dưới"))],
    )
    words = TextAreaField(
        "Lời nhắn cho tác giả",
        [Length(max=REASON_MAX, message=f"Lời nhắn dài nhiều nhất {REASON_MAX} ký tự."), no_numbers],
        filters=[tidy_text],
    )

    def validate_words(self, field: TextAreaField) -> None:
        """Another reason has to be told."""
        if self.reason.data == _OTHER and not field.data:
            raise ValidationError("Ghi lý do, để tác giả biết cần sửa gì.")

    @property
    def full_reason(self) -> str:
        """What the author reads."""
        return " ".join(part for part in (_REASONS.get(self.reason.data, ""), self.words.data) if part)
