"""Question files of a pack: `questions/NN-slug.gift` for exams, `practice/NN-slug.gift` for lessons."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from app.models.question import Pool
from app.services.pack.contents import PackQuestion, PackTopic
from app.services.pack.faults import Findings
from app.services.pack.gift import GiftQuestion, parse_gift
from app.services.pack.svg import QUESTION_BYTES, check_svg
from app.services.pack.texts import read_text

POOL_FOLDERS: Mapping[Pool, str] = {Pool.EXAM: "questions", Pool.PRACTICE: "practice"}
PICTURE_FOLDER = "hinh-cau"
DIFFICULTY_TAGS: Mapping[str, str] = {"muc-de": "easy", "muc-vua": "medium", "muc-kho": "hard"}
LESSON_TAG = "bai-"
_PICTURE_PATH = re.compile(rf"{PICTURE_FOLDER}/[A-Za-z0-9][A-Za-z0-9_-]*\.svg")


@dataclass(frozen=True, slots=True)
class Found:
    """A question and where it stands."""

    question: PackQuestion
    file: str
    line: int
    picture: str | None = None  # path of its picture in the pack


def read_questions(root: Path, pool: Pool, topics: tuple[PackTopic, ...], findings: Findings) -> list[Found]:
    """All questions of one pool, topic by topic."""
    by_folder = {topic.folder: topic for topic in topics}
    out: list[Found] = []
    for path in sorted((root / POOL_FOLDERS[pool]).glob("*.gift")):
        file = f"{POOL_FOLDERS[pool]}/{path.name}"
        if path.stem not in by_folder:
            findings.fault(file, 1, f"tên tệp phải trùng tên một thư mục chuyên đề: {', '.join(by_folder)}")
            continue
        text = read_text(path, file, findings)
        if text is None:
            continue
        shelf = _Shelf(root, file, pool, by_folder[path.stem], findings)
        before = len(findings.faults)
        questions = parse_gift(text, file, findings)
        if not questions and len(findings.faults) == before:
            findings.fault(file, 1, "tệp chưa có câu hỏi nào")
        out += [shelf.place(question, position) for position, question in enumerate(questions, 1)]
    return out


class _Shelf:
    """One file: gives its questions their topic, lesson, difficulty and picture."""

    def __init__(self, root: Path, file: str, pool: Pool, topic: PackTopic, findings: Findings) -> None:
        self.root, self.file, self.pool, self.topic, self.findings = root, file, pool, topic, findings

    def place(self, gift: GiftQuestion, position: int) -> Found:
        text = replace(gift.text, picture=self._picture(gift)) if gift.picture else gift.text
        lesson, difficulty = self._lesson(gift), self._difficulty(gift)
        question = PackQuestion(
            gift.ref, self.pool, self.topic.slug, lesson, difficulty, position, text, gift.notes_line
        )
        return Found(question, self.file, gift.notes_line, gift.picture.path if gift.picture else None)

    def _difficulty(self, gift: GiftQuestion) -> str:
        tags = [tag for tag in gift.tags if tag in DIFFICULTY_TAGS]
        for tag in gift.tags:
            if tag not in DIFFICULTY_TAGS and not tag.startswith(LESSON_TAG):
                self.findings.remark(self.file, gift.notes_line, f"thẻ [tag:{tag}] không được giữ")
        if len(tags) == 1:
            return DIFFICULTY_TAGS[tags[0]]
        wanted = ", ".join(f"[tag:{tag}]" for tag in DIFFICULTY_TAGS)
        self.findings.fault(self.file, gift.notes_line, f"phải có đúng một thẻ độ khó: {wanted}")
        return ""

    def _lesson(self, gift: GiftQuestion) -> str | None:
        slugs = [tag.removeprefix(LESSON_TAG) for tag in gift.tags if tag.startswith(LESSON_TAG)]
        known = [lesson.slug for lesson in self.topic.lessons]
        if not slugs and self.pool is Pool.EXAM:
            return None
        if len(slugs) != 1:
            text = "phải có đúng một thẻ bài học, ví dụ [tag:bai-mat-khau]"
        elif slugs[0] not in known and not self.findings.faulty(f"topics/{self.topic.folder}"):
            text = f"không có bài học “{slugs[0]}” trong chuyên đề; các bài: {', '.join(known)}"
        else:
            return slugs[0]
        self.findings.fault(self.file, gift.notes_line, text)
        return None

    def _picture(self, gift: GiftQuestion) -> str | None:
        if gift.picture is None:
            return None
        file = gift.picture.path
        if not _PICTURE_PATH.fullmatch(file):
            wanted = f"{PICTURE_FOLDER}/{gift.ref}.svg"
            self.findings.fault(self.file, gift.line, f"hình của câu phải nằm ở {wanted}, không phải “{file}”")
            return None
        if not (self.root / file).is_file():
            self.findings.fault(self.file, gift.line, f"không có tệp hình {file}")
            return None
        text = read_text(self.root / file, file, self.findings)
        if text is None:
            return None
        before = len(self.findings.faults)
        title = check_svg(text, file, self.findings, limit=QUESTION_BYTES)
        if len(self.findings.faults) == before and title != gift.picture.description:
            advice = f"lời tả hình trong câu phải giống <title> của hình: “{title}”"
            self.findings.fault(self.file, gift.line, advice)
        return text.strip()
