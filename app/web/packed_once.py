"""Pages that are the same for everybody but for the token of their form: packed once, as tightly as it goes.

Packing a lesson at brotli's highest quality costs 10 ms. At what a page for one reader may cost it weighs 5 % more,
sixteen times on the way to the exam. What is kept is found by the page's own bytes, so nobody gets another's.

A brotli stream is a row of meta-blocks (RFC 7932, section 9). The page is packed around a hole of the token's length,
and the token goes into it as a meta-block of its own that is not compressed.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

import brotli
from flask import Response, make_response, session

from app.web.compression import accepted_coding, pack
from app.web.kiosk import on_kiosk

_CONTEXT = 2  # bytes before it by which brotli chooses the code of a letter: they must not change with the token
_KEPT = 256  # pages; each lesson read and unread, in two sizes of type


def packed_once(view: Callable[..., Any]) -> Callable[..., Response]:
    """For views whose page holds nothing else of the one who asks."""

    @wraps(view)
    def served(*args: Any, **values: Any) -> Response:
        response = make_response(view(*args, **values))
        if response.status_code == 200 and accepted_coding() == "br" and not on_kiosk():  # whose pages name somebody
            response.set_data(pack_around(response.get_data(), session.get("csrf_token", "").encode()))
            response.headers["Content-Encoding"] = "br"
            response.vary.add("Accept-Encoding")
        return response

    return served


def pack_around(plain: bytes, token: bytes) -> bytes:
    """The page as a brotli stream; where the token does not stand exactly once, it is packed like any other part."""
    before, found, after = plain.partition(token) if token and plain.count(token) == 1 else (plain, b"", b"")
    head, tail = _around(before, len(found), after)
    return head + _as_it_is(found + after[:_CONTEXT]) + tail if tail else head or pack(plain, "br")


@lru_cache(maxsize=_KEPT)
def _around(before: bytes, hole: int, after: bytes) -> tuple[bytes, bytes]:
    """The stream up to the hole and from there on; without a hole all of it and nothing."""
    if not hole:
        return brotli.compress(before, quality=11), b""
    packer = brotli.Compressor(quality=11)
    head = packer.process(before) + packer.flush()
    # No run of these stands in any text, so nothing that comes later is told by pointing into the hole.
    packer.process(bytes(range(0x80, 0x80 + hole)) + after[:_CONTEXT]) + packer.flush()
    tail = packer.process(after[_CONTEXT:]) + packer.finish()
    other = b"?" * hole
    good = brotli.decompress(head + _as_it_is(other + after[:_CONTEXT]) + tail) == before + other + after
    return (head, tail) if good else (b"", b"")


def _as_it_is(data: bytes) -> bytes:
    """A meta-block: not the last (1 bit), four nibbles of length (2 bits), length less one (16), not compressed (1)."""
    return ((len(data) - 1) << 3 | 1 << 19).to_bytes(3, "little") + data
