"""What a contestant reads off the pages of the exam."""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode

from app.rules.answers import NONE_CHOSEN, pack

TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
_HIDDEN = re.compile(rb'name="(page|base|count)" value="([^"]*)"')
_SAVED_BY = re.compile(rb'data-boi="([^"]*)"')
_INPUT = re.compile(rb'<input type="(radio|checkbox)" id="q\d+-\d+" name="q(\d+)" value="(\d+)"( checked)?')
_FACT = re.compile(r"<dt>(Thời gian làm bài|Nộp lúc|Mã biên nhận)</dt><dd>([^<]*)</dd>")
_COUNT = re.compile(r'<p class="figure"><b>(\d+/\d+)</b>')


@dataclass(slots=True)
class Page:
    """A paper that was loaded and where it stands."""

    name: str
    hidden: dict[str, str]
    options: dict[int, tuple[bool, list[int]]]  # question → whether several may be ticked, its values
    chosen: dict[int, frozenset[int]]
    saved_by: str
    number: int = 0
    troubled: bool = False  # something of this page may still be on its way

    @property
    def answers(self) -> str:
        """What stands on it, as the attempt's row keeps it."""
        return pack(self.chosen[question] for question in sorted(self.options))

    @property
    def full(self) -> bool:
        """Whether every question has an answer."""
        return NONE_CHOSEN not in self.answers

    def fields(self, number: str) -> str:
        """The whole form as a browser encodes it, in the page's order."""
        hidden = {name: self.hidden.get(name, number) for name in ("csrf_token", "page", "number", "base", "count")}
        ticked = [(f"q{question}", value) for question in sorted(self.options) for value in self.chosen[question]]
        return urlencode([*hidden.items(), *ticked])


def read_paper_page(html: bytes) -> Page:
    """The form of a paper page."""
    hidden = {name.decode(): value.decode() for name, value in _HIDDEN.findall(html)}
    token, saved_by = TOKEN.search(html), _SAVED_BY.search(html)
    if token is None or saved_by is None or "page" not in hidden:
        raise ValueError("this is no paper")
    options: dict[int, tuple[bool, list[int]]] = {}
    chosen: dict[int, set[int]] = {}
    for kind, question, value, checked in _INPUT.findall(html):
        options.setdefault(int(question), (kind == b"checkbox", []))[1].append(int(value))
        ticked = chosen.setdefault(int(question), set())
        if checked:
            ticked.add(int(value))
    frozen = {question: frozenset(ticked) for question, ticked in chosen.items()}
    hidden["csrf_token"] = token.group(1).decode()
    return Page(hidden["page"], hidden, options, frozen, saved_by.group(1).decode())


def read_result_page(html: bytes) -> tuple[str, ...]:
    """Receipt, count, time and moment, as the result page says them; the place may change, they may not."""
    text = unescape(html.decode())
    facts, count = dict(_FACT.findall(text)), _COUNT.search(text)
    if count is None or len(facts) != 3:
        raise ValueError("this is no result")
    return facts["Mã biên nhận"], count.group(1), facts["Thời gian làm bài"], facts["Nộp lúc"]
