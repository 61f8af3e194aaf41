"""Codes that people read out over the phone: receipts and certificates."""

import secrets

RECEIPT_LENGTH = 8
# Crockford's base 32: no I, L, O, U, so nothing is mistaken for 1, 0 or V.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def new_code(length: int) -> str:
    """Random code; 5 bits a character."""
    return code_of(secrets.randbits(5 * length), length)


def code_of(number: int, length: int) -> str:
    """The code of a number below 32**length; other numbers, other codes."""
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(length))


def typed_code(text: str) -> str:
    """What somebody typed → the code as kept: upper case, no blanks or dashes, misread letters mended."""
    return "".join(text.upper().split()).replace("-", "").translate(_MISREAD)


def is_code(code: str, length: int) -> bool:
    """Whether a code as kept can be one of ours at all."""
    return len(code) == length and all(letter in _ALPHABET for letter in code)


def shown_code(code: str) -> str:
    """In groups of four: `7K3F-9QXM`."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))
