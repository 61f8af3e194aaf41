"""What stands between the braces of a GIFT question."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from app.models.question import QuestionKind
from app.rules.answers import MAX_OPTIONS
from app.services.pack.faults import Findings

TRUE_FALSE_OPTIONS = ("Đúng", "Sai")
WRONG_WEIGHT = "-100"
WEIGHT = re.compile(r"%(-?\d+(?:\.\d+)?)%")
_TRUE_FALSE = re.compile(r"(T|TRUE|F|FALSE)\s*(#.*)?", re.S)
_MARKS = re.compile(r"~\s*=|=|~")


class Answers(TypedDict):
    """The columns that the braces decide."""

    kind: QuestionKind
    options: tuple[str, ...]
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Option:
    line: int
    key: bool  # marked with =
    weight: float | None
    text: str


class _Reader:
    """One pair of braces; `clean` turns shielded source into text."""

    def __init__(self, source: str, line: int, file: str, findings: Findings, clean: Callable[[str], str]) -> None:
        self.source, self.line, self.file, self.findings, self.clean = source, line, file, findings, clean

    def fault(self, text: str, line: int | None = None) -> None:
        self.findings.fault(self.file, line or self.line, text)

    def remark(self, text: str, line: int | None = None) -> None:
        self.findings.remark(self.file, line or self.line, text)

    def read(self) -> Answers | None:
        source = self.source.strip()
        if truth := _TRUE_FALSE.fullmatch(source):
            if truth[2]:
                self.remark("lời nhận xét riêng cho đúng, sai không được giữ; hãy viết vào phần ####")
            right = 0 if truth[1].startswith("T") else 1
            return Answers(kind=QuestionKind.TRUE_FALSE, options=TRUE_FALSE_OPTIONS, right=(right,))
        options = self._options()
        if kind := self._kind_not_carried(source, options):
            carried = "hãy đổi thành một lựa chọn đúng, nhiều lựa chọn đúng hoặc đúng–sai"
            self.fault(f"không dùng được câu {kind}; {carried}")
            return None
        return self._choice(options)

    def _kind_not_carried(self, source: str, options: list[_Option]) -> str | None:
        if not source:
            return "tự luận"
        if source.startswith("#"):
            return "điền số"
        if options and all(option.key for option in options):
            return "ghép cặp" if any("->" in option.text for option in options) else "điền từ"
        return None

    def _options(self) -> list[_Option]:
        marks = list(_MARKS.finditer(self.source))
        if self.source[: marks[0].start() if marks else None].strip() and not self.source.strip().startswith("#"):
            self.fault("mỗi phương án phải bắt đầu bằng ~ (sai) hoặc = (đúng)")
        ends = [*(mark.start() for mark in marks[1:]), len(self.source)]
        return [self._option(mark, ends[place]) for place, mark in enumerate(marks)]

    def _option(self, mark: re.Match[str], end: int) -> _Option:
        line = self.line + self.source.count("\n", 0, mark.start())
        source, hint, _ = self.source[mark.end() : end].strip().partition("#")
        if hint:
            self.remark("lời nhận xét sau dấu # của phương án không được giữ; hãy viết vào phần ####", line)
        key = mark[0].endswith("=")
        weight = None if key else WEIGHT.match(source)
        text = self.clean(source[weight.end() :] if weight else source)
        if not text:
            self.fault("phương án trống; hãy viết chữ hoặc bỏ dòng này", line)
        return _Option(line, key, float(weight[1]) if weight else None, text)

    def _choice(self, options: list[_Option]) -> Answers | None:
        if not 2 <= len(options) <= MAX_OPTIONS:
            self.fault(f"câu phải có từ 2 đến {MAX_OPTIONS} phương án, đang có {len(options)}")
        for place, option in enumerate(options):
            if option.text and option.text in [earlier.text for earlier in options[:place]]:
                self.fault(f"phương án “{option.text}” viết hai lần", option.line)
        keys = [place for place, option in enumerate(options) if option.key]
        paid = [place for place, option in enumerate(options) if (option.weight or 0) > 0]
        texts = tuple(option.text for option in options)
        if keys:
            if len(keys) > 1 or paid:
                self.fault("chỉ một phương án mang dấu =; câu nhiều lựa chọn đúng viết ~%50%… và ~%-100%…")
            return Answers(kind=QuestionKind.ONE, options=texts, right=tuple(keys))
        if len(paid) < 2:
            self.fault("chưa rõ đáp án: một phương án đúng thì đặt dấu = trước nó, nhiều thì viết ~%50%…")
        elif abs(sum(options[place].weight or 0 for place in paid) - 100) > 0.1:
            self.fault("phần trăm của các phương án đúng phải cộng lại bằng 100")
        self._name_lost_weights(options, paid)
        return Answers(kind=QuestionKind.SEVERAL, options=texts, right=tuple(paid))

    def _name_lost_weights(self, options: list[_Option], paid: list[int]) -> None:
        equal = 100 / len(paid) if paid else 0
        for place, option in enumerate(options):
            if abs((option.weight or 0) - (equal if place in paid else float(WRONG_WEIGHT))) > 0.1:
                self.remark("trọng số riêng không được giữ: câu chỉ đúng khi chọn đúng và đủ", option.line)
                return


def parse_answers(source: str, line: int, file: str, findings: Findings, clean: Callable[[str], str]) -> Answers | None:
    """Kind, options and right places of one question; None when the kind is not carried.

    `source` is shielded text that begins on `line`; faults go to `findings`.
    """
    return _Reader(source, line, file, findings, clean).read()
