"""A question as people see it; exam and practice both fill components/question.html with it."""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from flask import get_template_attribute
from markupsafe import Markup

from app.models import QuestionKind
from app.services.catalogue import VersionInfo

# Where a mould is left open, by signs that no text holds.
_NUMBER, _TOTAL, _NAME, _PLACE, _VALUE, _CHECKED = map(chr, range(1, 7))


@lru_cache(maxsize=4096)
def _mould(
    stem: str, picture: str | None, kind: QuestionKind, options: tuple[str, ...]
) -> tuple[str, tuple[str, ...], str]:
    """What components/question.html makes of a question, but for what differs on each paper: head, options, foot."""
    version = {"stem": stem, "picture": _picture(picture), "kind": _kind(kind), "options": [_open(x) for x in options]}
    html = get_template_attribute("components/question.html", "question")(
        number=_NUMBER, total=_TOTAL, name=_NAME, **version
    )
    head, *lines = re.split(r'(?=<div class="option">)', html)
    last, end, foot = lines[-1].rpartition("</div>")
    lines[-1] = last + end
    return head, tuple(_opened(line, place) for place, line in enumerate(lines, 1)), foot


def _open(label: str) -> dict[str, Any]:
    return {"value": _VALUE, "label": label, "checked": True}


def _opened(line: str, place: int) -> str:
    return line.replace(f"{_NAME}-{place}", f"{_NAME}-{_PLACE}").replace(f'{_VALUE}" checked', f'{_VALUE}"{_CHECKED}')


def question_html(
    version: VersionInfo, order: tuple[int, ...], chosen: Collection[int], *, number: int, total: int, name: str
) -> Markup:
    """The same question as components/question.html shows it, from its mould: a paper takes twenty."""
    head, lines, foot = _mould(version.stem, version.picture, version.kind, version.options)
    shown = "".join(
        lines[original]
        .replace(_PLACE, str(place + 1))
        .replace(_VALUE, str(place))
        .replace(_CHECKED, " checked" if place in chosen else "")
        for place, original in enumerate(order)
    )
    html = f"{head}{shown}{foot}".replace(_NAME, name).replace(_NUMBER, str(number)).replace(_TOTAL, str(total))
    return Markup(html)  # noqa: S704  made by the template; numbers and names of ours were put in


def _picture(svg: str | None) -> Markup | None:
    return Markup(svg) if svg else None  # noqa: S704  checked by the pack's allow-list when it was loaded


def _kind(kind: QuestionKind) -> str:
    return "many" if kind is QuestionKind.SEVERAL else "one"


def shown_question(version: VersionInfo, order: tuple[int, ...], chosen: Collection[int]) -> dict[str, Any]:
    """Stem, picture, kind and options; `order[shown place] = place in the version`, `chosen` holds shown places."""
    return {
        "stem": version.stem,
        "picture": _picture(version.picture),
        "kind": _kind(version.kind),
        "options": [
            {"value": place, "label": version.options[original], "checked": place in chosen}
            for place, original in enumerate(order)
        ],
    }
