"""Topics and lessons of a pack: `topics/NN-slug/topic.toml`, `NN-slug.md` and the picture beside it."""

import re
from datetime import date
from pathlib import Path

from app.services.pack.contents import PackLesson, PackTopic
from app.services.pack.faults import Findings
from app.services.pack.prose import check_prose, split_front
from app.services.pack.svg import LESSON_BYTES, check_svg
from app.services.pack.texts import Toml, read_text

_NAME = re.compile(r"(\d\d)-([a-z0-9]+(?:-[a-z0-9]+)*)")
_NAME_RULE = "phải đặt tên bằng hai chữ số rồi chữ thường không dấu, ví dụ 01-mat-khau"


def topic_folders(root: Path) -> list[Path]:
    """Folders under topics/, in order."""
    folder = root / "topics"
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def topic_slugs(root: Path) -> tuple[str, ...]:
    """Slugs of all topics, read from the folders' names alone."""
    names = (_NAME.fullmatch(path.name) for path in topic_folders(root))
    return tuple(name[2] for name in names if name)


def read_topics(root: Path, findings: Findings) -> tuple[PackTopic, ...]:
    """All topics in order; faulty ones may be half-filled, the faults tell."""
    topics: list[PackTopic] = []
    for folder in topic_folders(root):
        name = _NAME.fullmatch(folder.name)
        if not name or len(folder.name) > 80:
            findings.fault(f"topics/{folder.name}", 1, f"thư mục chuyên đề {_NAME_RULE}")
            continue
        if name[2] in [topic.slug for topic in topics] or int(name[1]) in [topic.number for topic in topics]:
            findings.fault(f"topics/{folder.name}", 1, "số thứ tự hoặc tên chuyên đề trùng với chuyên đề khác")
        topics.append(_read_topic(folder, int(name[1]), name[2], findings))
    if not topics:
        findings.fault("topics", 1, "chưa có chuyên đề nào; mỗi chuyên đề là một thư mục, ví dụ topics/01-an-toan")
    return tuple(topics)


def _read_topic(folder: Path, number: int, slug: str, findings: Findings) -> PackTopic:
    place = f"topics/{folder.name}"
    file = f"{place}/topic.toml"
    title = summary = ""
    if not (folder / "topic.toml").is_file():
        findings.fault(file, 1, "thiếu tệp topic.toml có title và summary")
    elif (text := read_text(folder / "topic.toml", file, findings)) is not None:
        toml = Toml(text, file, findings)
        if toml.tables is not None:
            table = toml.table()
            title, summary = table.text("title", 200), table.text("summary", 300)
            table.finish()
    lessons = [_read_lesson(path, place, findings) for path in sorted(folder.glob("*.md"))]
    if not lessons:
        findings.fault(place, 1, "chuyên đề chưa có bài học nào")
    kept = tuple(lesson for lesson in lessons if lesson)
    for place_in_row, lesson in enumerate(kept):
        earlier = kept[:place_in_row]
        if lesson.slug in [other.slug for other in earlier] or lesson.number in [other.number for other in earlier]:
            lesson_file = f"{place}/{lesson.number:02d}-{lesson.slug}.md"
            findings.fault(lesson_file, 1, "số thứ tự hoặc tên bài trùng với bài khác trong chuyên đề")
    for picture in sorted(folder.glob("*.svg")):
        if not picture.with_suffix(".md").is_file():
            findings.fault(f"{place}/{picture.name}", 1, "hình không có bài học cùng tên; đổi tên hoặc xóa hình")
    return PackTopic(number, slug, title, summary, kept)


def _read_lesson(path: Path, place: str, findings: Findings) -> PackLesson | None:
    file = f"{place}/{path.name}"
    name = _NAME.fullmatch(path.stem)
    if not name or len(path.stem) > 80:
        findings.fault(file, 1, f"bài học {_NAME_RULE}.md")
        return None
    picture = _read_picture(path.with_suffix(".svg"), place, findings)
    text = read_text(path, file, findings)
    if text is None:
        return None
    front = split_front(text)
    if front is None:
        findings.fault(file, 1, "đầu tệp phải có +++, các dòng title, summary, minutes, sources, as_of, rồi +++")
        return None
    toml = Toml(front[0], file, findings, first_line=2)
    check_prose(text, front[1], file, findings)
    if toml.tables is None:
        return None
    table = toml.table()
    title, summary = table.text("title", 200), table.text("summary", 300)
    minutes, sources, as_of = table.whole("minutes", 1, 120), table.texts("sources"), table.day("as_of")
    table.finish()
    return PackLesson(int(name[1]), name[2], title, summary, minutes, sources, as_of or date.min, front[1], picture)


def _read_picture(path: Path, place: str, findings: Findings) -> str:
    file = f"{place}/{path.name}"
    if not path.is_file():
        findings.fault(file, 1, "bài học thiếu hình; hãy đặt một tệp SVG cùng tên bên cạnh")
        return ""
    text = read_text(path, file, findings)
    if text is None:
        return ""
    check_svg(text, file, findings, limit=LESSON_BYTES)
    return text.strip()
