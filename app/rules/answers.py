"""The choices of one attempt as a short text: one character a question, a bit mask over the options as shown.

Twenty questions are twenty characters. A whole form is written at once, so a later save repairs every earlier one.
"""

from collections.abc import Iterable, Sequence

_ALPHABET = "-BCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
MAX_OPTIONS = 6  # 2**6 masks, one character
NONE_CHOSEN = _ALPHABET[0]


def pack(choices: Iterable[Iterable[int]]) -> str:
    """Chosen option places (0-based, as shown) per question → answers text.

    Raises ValueError for a place outside 0…5.
    """
    out = []
    for chosen in choices:
        mask = 0
        for place in chosen:
            if not 0 <= place < MAX_OPTIONS:
                raise ValueError(f"option place {place}")
            mask |= 1 << place
        out.append(_ALPHABET[mask])
    return "".join(out)


def unpack(answers: str) -> list[frozenset[int]]:
    """Answers text → chosen option places per question."""
    masks = [_ALPHABET.index(char) for char in answers]
    return [frozenset(p for p in range(MAX_OPTIONS) if mask >> p & 1) for mask in masks]


def blank(questions: int) -> str:
    """Answers text of a fresh paper."""
    return NONE_CHOSEN * questions


def answered(answers: str) -> int:
    """How many questions have at least one choice."""
    return len(answers) - answers.count(NONE_CHOSEN)


def unanswered_numbers(answers: str) -> Sequence[int]:
    """1-based numbers of the questions without a choice."""
    return [i for i, char in enumerate(answers, 1) if char == NONE_CHOSEN]
