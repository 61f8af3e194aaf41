"""Reading a sent paper: one group `q1` … `q20` in paper order, and where the page stands in the order of saves."""

from flask import abort
from werkzeug.datastructures import MultiDict

from app.rules.answers import pack
from app.services.exam_save import Sheet

_MOST = 100


def _whole(text: str | None, default: int, most: int = 1_000_000) -> int:
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) > most:
        abort(400)
    return int(text)


def read_sheet(form: MultiDict[str, str], *, questions: int) -> Sheet:
    """The whole form as a sheet; a form that no page of ours sends is a 400.

    `questions` is how many the contest asks, for a form that does not say its own count.
    """
    count = _whole(form.get("count"), questions, _MOST)
    try:
        answers = pack([int(value) for value in form.getlist(f"q{n}")] for n in range(1, count + 1))
    except ValueError:
        abort(400)
    page = form.get("page", "")[:16]
    if not page.isprintable():
        abort(400)
    return Sheet(
        answers=answers,
        page=page,
        number=_whole(form.get("number"), 0),
        base=_whole(form.get("base"), 0),
    )
