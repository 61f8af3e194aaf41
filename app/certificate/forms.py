"""Verifying a certificate."""

from wtforms import StringField, ValidationError
from wtforms.validators import InputRequired

from app.services.certify import CODE_LENGTH
from app.services.codes import is_code, typed_code
from app.web.forms import Form, tidy_text


def _last_part(value: str | None) -> str | None:
    """People paste the whole address that stands beside the QR code."""
    return value.rstrip("/").rpartition("/")[2] if isinstance(value, str) else value


class VerifyForm(Form):
    """One code, as it was typed. Sent by GET, so that the answer is an address to keep; it needs no token."""

    class Meta(Form.Meta):
        """Nothing is changed by asking."""

        csrf = False

    ma = StringField(
        "Mã giấy chứng nhận",
        [InputRequired("Nhập mã in trên giấy chứng nhận.")],
        filters=[tidy_text, _last_part],
    )

    def validate_ma(self, field: StringField) -> None:
        """Long enough, and only letters that codes have."""
        if not is_code(self.code, CODE_LENGTH):
            raise ValidationError(f"Mã có {CODE_LENGTH} chữ và số, như 7K3F-9QXM-2ABC. Xem lại mã in trên giấy.")

    @property
    def code(self) -> str:
        """As kept."""
        return typed_code(self.ma.data or "")
