"""Telling a story."""

from typing import Any

from wtforms import BooleanField, RadioField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from app.rules.amounts import number
from app.rules.contest import StoryRules
from app.web.forms import Form

_LETTERS = 20  # for a word, its blank included; the longest of Vietnamese, nghiêng, has seven


class StoryForm(Form):
    """A slogan, a message or a true story."""

    kind = RadioField("Bạn muốn gửi", [InputRequired("Chọn một loại bài chia sẻ.")])
    body = TextAreaField("Nội dung", [InputRequired("Viết nội dung bạn muốn chia sẻ.")])
    consent_story = BooleanField(
        "Tôi đồng ý đăng bài này trên trang Lan tỏa, hiện tên hay ẩn tên như tôi đã chọn khi đăng ký"
    )

    def __init__(self, rules: StoryRules, **values: Any) -> None:
        super().__init__(**values)
        self.rules = rules
        self.kind.choices = [(kind.value, kind.label) for kind in rules.kinds]

    def validate_body(self, field: TextAreaField) -> None:
        """Words are counted by blanks, as people count them; letters, because a word may be a whole file."""
        text = field.data or ""
        words, most = len(text.split()), _LETTERS * self.rules.max_words
        if words < self.rules.min_words:
            raise ValidationError(f"Bài chia sẻ cần ít nhất {self.rules.min_words} từ, bạn mới viết {words} từ.")
        if words > self.rules.max_words:
            raise ValidationError(f"Bài chia sẻ dài nhiều nhất {self.rules.max_words} từ, bạn đã viết {words} từ.")
        if len(text) > most:
            raise ValidationError(
                f"Bài chia sẻ dài nhiều nhất {number(most)} ký tự, bạn đã viết {number(len(text))} ký tự."
            )
