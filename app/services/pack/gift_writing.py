"""Questions → GIFT, in the one way that an export writes it (canonical)."""

from collections.abc import Iterable
from datetime import date

from app.models.question import QuestionKind
from app.services.pack.gift import AS_OF, FORMAT, REVIEW_ON, SOURCE, GiftQuestion, escape
from app.services.pack.gift_options import WEIGHT, WRONG_WEIGHT


def write_gift(questions: Iterable[GiftQuestion]) -> str:
    """Text of one file: a blank line between questions, one option a line, the id also as the title."""
    return "\n".join(_write_question(question) for question in questions)


def _write_question(question: GiftQuestion) -> str:
    text = question.text
    lines = [f"// {SOURCE} {text.source}", f"// {AS_OF} {_day(text.as_of)}"]
    if text.review_on:
        lines.append(f"// {REVIEW_ON} {_day(text.review_on)}")
    lines.append(" ".join(["//", f"[id:{question.ref}]", *(f"[tag:{tag}]" for tag in question.tags)]))
    opening = f"::{escape(question.ref)}::{_stem(question)} {{"
    if text.kind is QuestionKind.TRUE_FALSE:
        lines.append(opening + ("T" if text.right == (0,) else "F"))
    else:
        lines.append(opening)
        lines += [_mark(question, place) + escape(option) for place, option in enumerate(text.options)]
    if text.explanation:
        lines.append(f"####{escape(text.explanation)}")
    return "\n".join([*lines, "}"]) + "\n"


def _stem(question: GiftQuestion) -> str:
    stem = escape(question.text.stem)
    if question.picture:
        return f"[markdown]{stem} ![{escape(question.picture.description)}]({question.picture.path})"
    # A text that itself begins with the name of a format would lose it.
    return f"[plain]{stem}" if FORMAT.match(stem) else stem


def _mark(question: GiftQuestion, place: int) -> str:
    text = question.text
    if text.kind is QuestionKind.SEVERAL:
        share = f"{100 / len(text.right):.5f}".rstrip("0").rstrip(".")
        return f"~%{share if place in text.right else WRONG_WEIGHT}%"
    if place in text.right:
        return "="
    # A wrong option that itself begins like a weight would lose it.
    return "~%0%" if WEIGHT.match(text.options[place]) else "~"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
