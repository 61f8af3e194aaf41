"""Pack → a folder, in canonical form: reading it again gives the same Pack, writing that the same bytes."""

from collections.abc import Mapping
from pathlib import Path

from app.services.pack.contents import Pack, PackLesson, PackPage, PackQuestion, PackTopic
from app.services.pack.contest_file import FILE as CONTEST_FILE
from app.services.pack.contest_file import write_contest_file
from app.services.pack.contest_settings import toml_lines
from app.services.pack.faults import Findings
from app.services.pack.gift import GiftQuestion, PictureLink
from app.services.pack.gift_writing import write_gift
from app.services.pack.groups import GROUPS, groups_text
from app.services.pack.old_units import OLD_UNITS, old_units_text
from app.services.pack.reading import UNITS
from app.services.pack.reading_questions import DIFFICULTY_TAGS, LESSON_TAG, PICTURE_FOLDER, POOL_FOLDERS
from app.services.pack.svg import QUESTION_BYTES, check_svg

_TAG_OF = {difficulty: tag for tag, difficulty in DIFFICULTY_TAGS.items()}


class FolderNotEmpty(Exception):
    """The folder holds something already; an export never writes over it."""


def write_pack(pack: Pack, path: Path) -> None:
    """Write the pack into a new or empty folder. Raises FolderNotEmpty, OSError."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise FolderNotEmpty(path)
    for file, text in pack_files(pack).items():
        target = path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


def pack_files(pack: Pack) -> Mapping[str, str]:
    """Path in the pack → text, all of it."""
    files = {CONTEST_FILE: write_contest_file(pack), UNITS.name: _units_text(pack)}
    if pack.old_units:
        files[OLD_UNITS.name] = old_units_text(pack.old_units)
    if pack.groups:
        files[GROUPS.name] = groups_text(pack.groups)
    files |= {f"pages/{page.slug}.md": _page_text(page) for page in pack.pages}
    for topic in pack.topics:
        place = f"topics/{topic.folder}"
        files[f"{place}/topic.toml"] = _lines(toml_lines({"title": topic.title, "summary": topic.summary}))
        for lesson in topic.lessons:
            stem = f"{place}/{lesson.number:02d}-{lesson.slug}"
            files[f"{stem}.md"], files[f"{stem}.svg"] = _lesson_text(lesson), f"{lesson.picture}\n"
        files |= _question_files(topic, [q for q in pack.questions if q.topic == topic.slug])
    for question in pack.questions:
        if question.text.picture is not None:
            files[_picture_path(question)] = f"{question.text.picture}\n"
    return files


def _lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _units_text(pack: Pack) -> str:
    return UNITS.text(
        [unit.code, unit.type.value, unit.name, unit.population or "", unit.cluster or ""] for unit in pack.units
    )


def _page_text(page: PackPage) -> str:
    return f"+++\n{_lines(toml_lines({'title': page.title}))}+++\n{page.body}\n"


def _lesson_text(lesson: PackLesson) -> str:
    keys = ("title", "summary", "minutes", "sources", "as_of")
    return f"+++\n{_lines(toml_lines({key: getattr(lesson, key) for key in keys}))}+++\n{lesson.body}\n"


def _question_files(topic: PackTopic, questions: list[PackQuestion]) -> dict[str, str]:
    files = {}
    for pool, folder in POOL_FOLDERS.items():
        shelf = sorted((q for q in questions if q.pool is pool), key=lambda q: q.position)
        if shelf:
            files[f"{folder}/{topic.folder}.gift"] = write_gift(map(_gift_question, shelf))
    return files


def _gift_question(question: PackQuestion) -> GiftQuestion:
    tags = [_TAG_OF[question.difficulty]]
    if question.lesson:
        tags.append(f"{LESSON_TAG}{question.lesson}")
    link = None
    if question.text.picture is not None:
        path = _picture_path(question)
        title = check_svg(question.text.picture, path, Findings(), limit=QUESTION_BYTES)
        link = PictureLink(title, path)
    return GiftQuestion(question.ref, tuple(tags), question.text, link)


def _picture_path(question: PackQuestion) -> str:
    return f"{PICTURE_FOLDER}/{question.ref}.svg"
