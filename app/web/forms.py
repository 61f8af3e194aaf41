"""What forms of all rooms share: text in one normal form, plain words for what is missing."""

import unicodedata
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field


def nfc(value: str | None) -> str | None:
    """NFC at the edge; passwords keep their blanks."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def tidy_text(value: str | None) -> str | None:
    """NFC, one line, no blanks at the ends."""
    return " ".join(unicodedata.normalize("NFC", value).split()) if isinstance(value, str) else value


class Form(FlaskForm):
    """A form whose texts are NFC and whose CSRF field is left to the template."""

    class Meta(FlaskForm.Meta):
        """Every text field gets the NFC filter."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """WTForms' hook at which a field joins its form."""
            filters = list(unbound_field.kwargs.get("filters", []))
            if unbound_field.field_class.__name__ in ("StringField", "TextAreaField", "PasswordField"):
                options = {**options, "filters": [nfc, *filters]}
                unbound_field.kwargs.pop("filters", None)
            return unbound_field.bind(form=form, **options)
