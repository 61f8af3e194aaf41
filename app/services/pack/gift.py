"""Moodle's GIFT, the part of it that a contest carries: one right option, several right options, true or false.

Questions are blocks between blank lines. A comment line before a question carries `[id:…]`, `[tag:…]`, `Nguồn:`,
`Tính đến:` and `Xem lại:`. Every fault is named with its line; parsing goes on with the next question.
The writer stands in gift_writing.py; what both know of the format is here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from app.models.question import QuestionKind
from app.services.pack.contents import QuestionText
from app.services.pack.faults import Findings
from app.services.pack.gift_options import parse_answers

_ESCAPABLE = "~=#{}:\\n"
# Escapes are replaced by non-characters while the control characters are looked for, as Moodle does.
_SHIELD = {char: chr(0xFDD0 + place) for place, char in enumerate(_ESCAPABLE)}
_UNSHIELD = str.maketrans({mark: "\n" if char == "n" else char for char, mark in _SHIELD.items()})
FORMAT = re.compile(r"\[(markdown|html|plain|moodle)\]")
_PICTURE = re.compile(r"(.*)!\[(.*)\]\(([^()\s]+)\)", re.S)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
SOURCE, AS_OF, REVIEW_ON = "Nguồn:", "Tính đến:", "Xem lại:"


@dataclass(frozen=True, slots=True)
class PictureLink:
    """`![description](path)` at the end of a stem."""

    description: str
    path: str


@dataclass(frozen=True, slots=True)
class GiftQuestion:
    """A question as it stands in a file. `line` is that of its text, `notes_line` that of its id and tags."""

    ref: str
    tags: tuple[str, ...]
    text: QuestionText
    picture: PictureLink | None = None
    line: int = field(default=0, compare=False)
    notes_line: int = field(default=0, compare=False)


@dataclass(slots=True)
class _Block:
    """The lines between two blank lines. `body` has the comment lines emptied, so that line numbers hold."""

    line: int
    file: str
    findings: Findings
    lines: list[str]

    @property
    def comments(self) -> list[tuple[int, str]]:
        return [
            (self.line + i, text.strip()[2:].strip())
            for i, text in enumerate(self.lines)
            if text.strip().startswith("//")
        ]

    @property
    def body(self) -> str:
        return "\n".join("" if text.strip().startswith("//") else text for text in self.lines)

    def line_at(self, offset: int, text: str) -> int:
        return self.line + text.count("\n", 0, offset)

    def fault(self, line: int, text: str) -> None:
        self.findings.fault(self.file, line, text)

    def remark(self, line: int, text: str) -> None:
        self.findings.remark(self.file, line, text)


def shield(text: str) -> str:
    """Replace escapes by marks that no text contains."""
    return re.sub(r"\\([~=#{}:\\n])", lambda escape: _SHIELD[escape[1]], text)


def plain(text: str) -> str:
    """Shielded source → text: blanks and line breaks of the file become one space, `\\n` a line break."""
    return re.sub(r"[ \t\n]+", " ", text).strip().translate(_UNSHIELD).strip()


def escape(text: str) -> str:
    """Text → source in which nothing is taken for a control character."""
    return re.sub(r"([~=#{}:\\])", r"\\\1", text).replace("\n", "\\n")


def _blocks(text: str, file: str, findings: Findings) -> Iterator[_Block]:
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip():
            lines.append(line)
        elif lines:
            yield _Block(number - len(lines), file, findings, lines)
            lines = []


def parse_gift(text: str, file: str, findings: Findings) -> list[GiftQuestion]:
    """Questions of one file (NFC, `\\n` line ends), in order; faulty ones are left out and named in `findings`."""
    questions = []
    for block in _blocks(text, file, findings):
        if block.lines[0].startswith("$CATEGORY"):
            block.remark(block.line, "dòng $CATEGORY không được giữ: chuyên đề theo tên tệp")
        elif block.body.strip():
            before = len(findings.faults)
            question = _parse_question(block)
            if question and len(findings.faults) == before:
                questions.append(question)
        elif any("[id:" in comment for _, comment in block.comments):
            block.fault(block.line, "chú thích có [id:…] phải đứng ngay trên câu hỏi; bỏ dòng trống ở giữa")
        else:
            block.remark(block.line, "chú thích này không thuộc câu nào nên không được giữ")
    return questions


def _parse_question(block: _Block) -> GiftQuestion | None:
    ref, tags, notes = _parse_notes(block)
    body = shield(block.body)
    line = block.line_at(len(body) - len(body.lstrip()), body)
    opening, closing = body.find("{"), body.rfind("}")
    if opening < 0 or closing < opening:
        missing = "{ … } chứa các phương án" if opening < 0 else "dấu } ở cuối câu (có thể do dòng trống giữa câu)"
        block.fault(line, f"câu hỏi thiếu {missing}")
        return None
    inner, tail = body[opening + 1 : closing], body[closing + 1 :]
    if tail.strip():
        block.fault(block.line_at(closing, body), "sau dấu } không được còn chữ; giữa hai câu phải có một dòng trống")
    if wrong := re.search(r"[{}]", inner):
        where = block.line_at(opening + 1 + wrong.start(), body)
        block.fault(where, r"dấu { hoặc } trong chữ phải viết là \{ hoặc \}; giữa hai câu phải có một dòng trống")
        return None
    stem, picture = _parse_stem(block, body[:opening], ref, line)
    inner, _, explanation = inner.partition("####")
    answers = parse_answers(inner, block.line_at(opening, body), block.file, block.findings, plain)
    if answers is None or notes is None:
        return None
    text = replace(notes, stem=stem, explanation=plain(explanation), **answers)
    return GiftQuestion(ref, tags, text, picture, line, block.comments[0][0])


def _parse_stem(block: _Block, source: str, ref: str, line: int) -> tuple[str, PictureLink | None]:
    source = source.strip()
    if source.startswith("::"):
        title, closed, source = source[2:].partition("::")
        if not closed:
            source = title
            block.fault(line, "tên câu phải nằm giữa hai dấu ::, ví dụ ::cau-001::")
        elif ref and plain(title) != ref:
            block.remark(line, f"tên câu “{plain(title)}” không được giữ: câu được gọi theo id “{ref}”")
        source = source.strip()
    style = FORMAT.match(source)
    stem = plain(source[style.end() :] if style else source)
    if style and style[1] == "html" and re.search(r"<[a-zA-Z/!]", stem):
        block.fault(line, "câu hỏi chỉ mang chữ thường; hãy bỏ các thẻ HTML")
    picture = None
    if link := _PICTURE.fullmatch(stem):
        if style and style[1] == "markdown":
            stem, picture = link[1].rstrip(), PictureLink(link[2].strip(), link[3])
        else:
            block.fault(line, "câu có hình phải bắt đầu bằng [markdown]")
    if not stem:
        block.fault(line, "câu hỏi chưa có lời")
    return stem, picture


def _parse_notes(block: _Block) -> tuple[str, tuple[str, ...], QuestionText | None]:
    """Id, tags, and a question text that so far holds only source and dates; None when one of them is missing."""
    ids: list[str] = []
    tags: list[str] = []
    found: dict[str, tuple[int, str]] = {}
    for line, comment in block.comments:
        key = next((key for key in (SOURCE, AS_OF, REVIEW_ON) if comment.startswith(key)), None)
        ids += re.findall(r"\[id:([^\]]*)\]", comment)
        tags += re.findall(r"\[tag:([^\]]*)\]", comment)
        if key:
            found[key] = line, comment[len(key) :].strip()
        elif not re.fullmatch(r"(\s*\[(id|tag):[^\]]*\]\s*)+", comment):
            block.remark(line, "lời chú thích này không được giữ; chỉ giữ Nguồn, Tính đến, Xem lại, [id:…], [tag:…]")
    if len(ids) != 1 or not _ID.fullmatch(ids[0]):
        block.fault(block.line, "trên câu hỏi phải có đúng một [id:…] gồm chữ không dấu, chữ số, dấu gạch nối")
    if not found.get(SOURCE, (0, ""))[1]:
        block.fault(block.line, f"thiếu dòng “// {SOURCE} …” trên câu hỏi")
    if AS_OF not in found:
        block.fault(block.line, f"thiếu dòng “// {AS_OF} 22/11/2026” trên câu hỏi")
        return "".join(ids[:1]), tuple(tags), None
    as_of, review_on = (_parse_day(block, *found[key]) if key in found else None for key in (AS_OF, REVIEW_ON))
    if as_of is None:
        return "".join(ids[:1]), tuple(tags), None
    source = found.get(SOURCE, (0, ""))[1]
    text = QuestionText(QuestionKind.ONE, "", (), (), "", source, as_of, review_on)
    return "".join(ids[:1]), tuple(tags), text


def _parse_day(block: _Block, line: int, text: str) -> date | None:
    if parts := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        try:
            return date(int(parts[3]), int(parts[2]), int(parts[1]))
        except ValueError:
            pass  # 31/2 is told below like any other thing that is no date
    block.fault(line, f"“{text}” không phải ngày; hãy viết như 22/11/2026")
    return None
