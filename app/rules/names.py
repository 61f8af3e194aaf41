"""Vietnamese names and words: one normal form, one search form, one sort form."""

import re
import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền hỏi ngã sắc nặng; ngang is 0
_NAME = re.compile(r"[^\W\d_]+(?:[ '.\-’]+[^\W\d_]+)*\.?")


def tidy(text: str) -> str:
    """NFC, with outer blanks cut and inner runs of blanks made one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Search form: base letters in lower case; `Đ` does not decompose and is mapped by hand."""
    marks = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in marks if not unicodedata.combining(c)).split())


def _letter_and_tone(char: str) -> tuple[str, int]:
    decomposed = unicodedata.normalize("NFD", char)
    tone = next((t for mark, t in _TONES.items() if mark in decomposed), 0)
    letter = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES))
    return letter, tone


def collation_key(text: str) -> str:
    """ASCII string that sorts like a Vietnamese dictionary: letters first, tones only to break a tie.

    Each letter becomes two characters, so that plain byte order is right in SQLite and in Postgres alike.
    """
    letters, tones = [], []
    for char in tidy(text).lower():
        letter, tone = _letter_and_tone(char)
        place = _LETTERS.find(letter)
        letters.append(f"{place + 10:02d}" if place >= 0 else "00" if char == " " else "09")
        tones.append(str(tone))
    return "".join(letters) + "~" + "".join(tones)


def name_sort_key(full_name: str) -> str:
    """Sort key of a person: given name (last word), then family name, then middle names (FACTS 3.4)."""
    words = tidy(full_name).split(" ")
    given, family, middle = words[-1], words[0] if len(words) > 1 else "", words[1:-1]
    return collation_key(" ".join([given, family, *middle]))


def is_person_name(text: str) -> bool:
    """2 to 80 characters of letters, single spaces, `'`, `-`, `.`; one word is a whole name for some peoples."""
    return 2 <= len(text) <= 80 and _NAME.fullmatch(text) is not None
