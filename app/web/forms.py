"""What forms of all rooms share: text in one normal form, and what WTForms says by itself in our language."""

import unicodedata
from functools import lru_cache
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms.widgets import Select


def tidy_text(value: str | None) -> str | None:
    """Filter of one-line fields: outer blanks cut, inner runs made one space."""
    return " ".join(value.split()) if isinstance(value, str) else value


_WORDS = {"Not a valid choice.": "Chọn một mục trong danh sách."}


class _Vietnamese:
    """WTForms' own messages; fields of ours say nearly all in their validators."""

    def gettext(self, string: str) -> str:
        return _WORDS.get(string, string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return singular if n == 1 else plural


class Form(FlaskForm):
    """A form whose texts are NFC before any field sees them: phones send both forms of “ế”.

    NUL is dropped: nobody types it, and Postgres refuses a text that holds it.
    """

    class Meta(FlaskForm.Meta):
        """WTForms' hook through which everything typed enters."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """The request's data, normalised."""
            data = super().wrap_formdata(form, formdata)
            if data is None:
                return None
            return MultiDict(
                (name, unicodedata.normalize("NFC", value.replace("\0", "")) if isinstance(value, str) else value)
                for name, value in data.items(multi=True)
            )

        def get_translations(self, _form: Any) -> _Vietnamese:
            """WTForms' hook for its own messages."""
            return _Vietnamese()


class LongSelect(Select):
    """A select of a hundred options, the same on every page: WTForms would sort and escape attributes for each."""

    @classmethod
    def render_option(cls, choice: Any, **_attributes: Any) -> Markup:  # type: ignore[override]  # stubs of WTForms 3.2
        """Value, label, and whether it is chosen; ours have nothing else."""
        return _option(choice.value, choice.label, bool(choice.selected))


@lru_cache(maxsize=4096)
def _option(value: str, label: str, selected: bool) -> Markup:
    option = '<option selected value="{}">{}</option>' if selected else '<option value="{}">{}</option>'
    return Markup(option).format(value, label)  # noqa: S704  words of ours; format escapes the rest
