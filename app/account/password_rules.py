"""What a new password must be, on every form that takes one."""

from wtforms import ValidationError
from wtforms.validators import InputRequired, Length

from app.services.passwords import MIN_LENGTH, is_common, too_weak

GUESSABLE = "Mật khẩu này dễ đoán. Hãy đặt câu khác, không dùng tên, số điện thoại hay số căn cước của bạn."
NEW_PASSWORD = (
    InputRequired("Đặt một mật khẩu."),
    Length(min=MIN_LENGTH, message=f"Mật khẩu cần ít nhất {MIN_LENGTH} ký tự."),
    Length(max=200, message="Mật khẩu dài nhiều nhất 200 ký tự. Hãy đặt ngắn hơn."),
)


def refuse_guessable(password: str, *, own_words: list[str]) -> None:
    """Nothing made of what others know about this person, nothing that everybody thinks of. Raises ValidationError."""
    if too_weak(password, own_words=own_words):
        raise ValidationError(GUESSABLE)
    if is_common(password):
        raise ValidationError("Mật khẩu này nhiều người dùng nên dễ bị đoán ra. Hãy đặt một câu ngắn của riêng bạn.")
