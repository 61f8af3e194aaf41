"""Vietnamese names and words: one normal form, one search form, one sort form."""

import re
import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền hỏi ngã sắc nặng; ngang is 0
_ALIKE = str.maketrans("đð’", "dd'")
_NAME = re.compile(r"[^\W\d_]+(?:[ '.\-’]+[^\W\d_]+)*\.?")


def tidy(text: str) -> str:
    """NFC, with outer blanks cut and inner runs of blanks made one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Search form: base letters in lower case; `Đ` does not decompose and is mapped by hand, with the `Ð` (eth) that
    looks like it, and the apostrophe that telephones write in `H’Hen`.
    """
    marks = unicodedata.normalize("NFD", text.lower().translate(_ALIKE))
    return " ".join("".join(c for c in marks if not unicodedata.combining(c)).split())


def _letter_and_tone(char: str) -> tuple[str, int]:
    decomposed = unicodedata.normalize("NFD", char)
    tone = next((t for mark, t in _TONES.items() if mark in decomposed), 0)
    letter = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES))
    return letter, tone


def collation_key(text: str) -> str:
    """Digits that sort like a Vietnamese dictionary: letters first, tones only to break a tie.

    Each letter becomes two digits, `00` ends the letters, so that a word stands before the words that begin with it.
    Digits alone sort alike in SQLite and in Postgres, whatever its collation makes of other signs.
    """
    letters, tones = [], []
    for char in tidy(text).lower():
        letter, tone = _letter_and_tone(char)
        place = _LETTERS.find(letter)
        letters.append(f"{place + 10:02d}" if place >= 0 else "01" if char == " " else "09")
        tones.append(str(tone))
    return "".join(letters) + "00" + "".join(tones)


def name_sort_key(full_name: str) -> str:
    """Sort key of a person: given name (last word), then family name, then middle names (FACTS 3.4).

    Word after word, so that every Anh stands before every Ánh, whatever the family name.
    """
    *before, given = tidy(full_name).split(" ")
    return "".join(collation_key(word) for word in [given, *before])


def is_person_name(text: str) -> bool:
    """2 to 80 characters of Latin letters, single spaces, `'`, `-`, `.`; one word is a whole name for some peoples."""
    latin = all(unicodedata.name(char, "").startswith("LATIN") for char in text if char.isalpha())
    return 2 <= len(text) <= 80 and latin and _NAME.fullmatch(text) is not None
