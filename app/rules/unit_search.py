"""Finding a unit by what people still call it: its new name, or the name of an old ward or of an old district.

Compared without marks, tone marks and their placement, so "hoa binh", "Hòa Bình" and "Hoà Bình" are one; whoever typed
marks gets the names with these marks first (FACTS 2.3, 3.4).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from app.rules.names import fold, tidy

MIN_LETTERS = 2
MOST = 8  # choices that a phone shows without much scrolling
# What people write before a name; the short ones stand before a dot or a blank: "P. Lê Chân", "tt An Lão".
_KINDS = "phường|xã|thị trấn|đặc khu|quận|huyện|thị xã|thành phố|p|x|tt|q|h|tx|tp"
_KIND = re.compile(rf"(?:{_KINDS}) ")
_KIND_PLAIN = re.compile(rf"(?:{fold(_KINDS)}) ")
_KIND_ANYWHERE = re.compile(rf"(?<!\S)(?:{_KINDS}) ")
_KIND_PLAIN_ANYWHERE = re.compile(rf"(?<!\S)(?:{fold(_KINDS)}) ")
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền hỏi ngã sắc nặng


class Closeness(IntEnum):
    """How a name answers what was typed, best first."""

    EXACT = 0
    PREFIX = 1
    WORD = 2  # a later word begins so
    INSIDE = 3
    DISTRICT = 4  # only the old district is called so


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit of today; `name` without its kind."""

    code: str
    name: str
    sort_key: str


@dataclass(frozen=True, slots=True)
class OldWard:
    """An old ward with its kind, `Xã Quang Trung`, and its district, perhaps empty.

    `search` is folded_name(name); `codes` are the units it went to, the one that took most first; split over several.
    """

    name: str
    district: str
    search: str
    codes: tuple[str, ...]

    @property
    def is_split(self) -> bool:
        """People of it live in several units now, and must be asked."""
        return len(self.codes) > 1


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit to choose; `asked` are the old wards whose names were typed; none when its own name or a district was."""

    code: str
    asked: tuple[OldWard, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Choices, best first; `more` when others would have come behind them."""

    choices: tuple[Choice, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Name:
    """One name to be compared; `old` is None for the unit's own name."""

    plain: str
    marked: tuple[tuple[str, int], ...]
    district: str
    codes: tuple[str, ...]
    order: str
    old: OldWard | None


def bare_name(full_name: str) -> str:
    """`Thị trấn An Lão` → `An Lão`."""
    text = tidy(full_name)
    kind = _KIND.match(text.lower())
    return text[kind.end() :] if kind else text


def folded_name(full_name: str) -> str:
    """The name without its kind and without marks, as it is searched."""
    return fold(bare_name(full_name))


def _words_only(text: str) -> str:
    """NFC, lower case, everything but letters and digits made a blank."""
    return " ".join("".join(c if c.isalnum() else " " for c in tidy(text).lower()).split())


def _marked(text: str) -> tuple[tuple[str, int], ...]:
    """Each word as its letters without tone, and the tone: `hoà` and `hòa` are one."""
    words = []
    for word in text.lower().split():
        signs = unicodedata.normalize("NFD", word)
        tone = next((_TONES.index(sign) + 1 for sign in signs if sign in _TONES), 0)
        words.append((unicodedata.normalize("NFC", "".join(sign for sign in signs if sign not in _TONES)), tone))
    return tuple(words)


def _fits(typed: tuple[str, int], word: tuple[str, int]) -> bool:
    """A whole word with its tone, or the beginning of one whose tone may still come."""
    if typed[0] == word[0]:
        return typed[1] == word[1]
    return word[0].startswith(typed[0]) and typed[1] in (0, word[1])


class _Query:
    """What was typed, in the ways in which it can be read: a first word may be a kind or belong to the name."""

    def __init__(self, text: str) -> None:
        words = _words_only(text)
        folded = fold(words)
        kind, plain_kind = _KIND.match(words), _KIND_PLAIN.match(folded)
        # A kind typed with its marks is a kind; without them "quan toan" is Quán Toan as well.
        readings = [] if kind and words != folded else [folded]
        if plain_kind:
            readings.append(folded[plain_kind.end() :])
        self.readings = [reading for reading in readings if len(reading) >= MIN_LETTERS]
        self.marked = _marked(_KIND_ANYWHERE.sub("", words)) if words != folded else ()

    def closeness(self, name: _Name) -> Closeness | None:
        """How close the name is, read in the kindest way."""
        return min((close for r in self.readings if (close := _closeness(r, name)) is not None), default=None)

    def closeness_without_kinds(self, name: _Name) -> Closeness | None:
        """The same for "xã Đoàn Xá huyện Kiến Thụy": words that may be kinds are left out on both sides."""
        whole = _KIND_PLAIN_ANYWHERE.sub("", f"{name.plain} {name.district}")
        typed = [_KIND_PLAIN_ANYWHERE.sub("", reading) for reading in self.readings]
        return Closeness.PREFIX if any(whole.startswith(reading) for reading in typed) else None

    def has_marks_of(self, name: _Name) -> bool:
        """Marks were typed, and the name has them."""
        return bool(self.marked) and all(any(_fits(typed, word) for word in name.marked) for typed in self.marked)


def _closeness(typed: str, name: _Name) -> Closeness | None:
    with_district = f"{name.plain} {name.district}"
    if typed in (name.plain, with_district):
        return Closeness.EXACT
    if with_district.startswith(typed):
        return Closeness.PREFIX
    if f" {typed}" in f" {name.plain}":
        return Closeness.WORD
    if typed in name.plain:
        return Closeness.INSIDE
    return Closeness.DISTRICT if f" {typed}" in f" {name.district}" else None


class UnitSearch:
    """The units of one contest, ready to be searched; a few hundred names, so every search looks at each."""

    def __init__(self, units: Iterable[NewUnit], old_wards: Iterable[OldWard]) -> None:
        self._names = [_Name(fold(u.name), _marked(u.name), "", (u.code,), u.sort_key, None) for u in units]
        order = {name.codes[0]: name.order for name in self._names}
        self._old_of: dict[str, list[OldWard]] = defaultdict(list)
        for old in old_wards:
            district = bare_name(old.district)
            marked = _marked(f"{bare_name(old.name)} {district}")
            self._names.append(_Name(old.search, marked, fold(district), old.codes, order[old.codes[0]], old))
            for code in old.codes:
                self._old_of[code].append(old)

    @cached_property
    def old_wards_of(self) -> Mapping[str, tuple[OldWard, ...]]:
        """Official code → the old wards that went to it, whole ones first."""
        return {code: tuple(sorted(olds, key=lambda old: old.is_split)) for code, olds in self._old_of.items()}

    def search(self, text: str, *, most: int = MOST) -> Found:
        """Up to `most` units for what was typed; nothing for fewer than MIN_LETTERS letters.

        Order: the closer name, then the one with the marks as typed, then new names before old ones, then as in a
        dictionary. A split ward shows all its units or, where they find no room, none.
        """
        query = _Query(text)
        names = self._ranked(query, query.closeness) or self._ranked(query, query.closeness_without_kinds)
        asked: dict[str, list[OldWard]] = {}
        by_itself: set[str] = set()
        for close, name in names:
            missing = [code for code in name.codes if code not in asked]
            if len(asked) + len(missing) > most:
                return Found(_choices(asked, by_itself), more=True)
            for code in name.codes:
                asked.setdefault(code, [])
                if name.old is None:
                    by_itself.add(code)
                elif close is not Closeness.DISTRICT:
                    asked[code].append(name.old)
        return Found(_choices(asked, by_itself))

    def _ranked(self, query: _Query, closeness: Callable[[_Name], Closeness | None]) -> list[tuple[Closeness, _Name]]:
        hits = []
        for name in self._names:
            close = closeness(name)
            if close is not None:
                hits.append((close, not query.has_marks_of(name), name.old is not None, name.order, name))
        hits.sort(key=lambda hit: hit[:4])
        return [(hit[0], hit[4]) for hit in hits]


def _choices(asked: Mapping[str, list[OldWard]], by_itself: set[str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, () if code in by_itself else tuple(olds)) for code, olds in asked.items())
