"""The main sheet inside the page: one round trip less before anything is to be seen, on pages at which people come in,
but for the section of it that only the six steps need.

Those are the snapshots (docs/adr/0018-bytes.md). A hash allows it, no nonce: such a page is the same for everybody.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from flask import Flask, current_app, g
from markupsafe import Markup

from app.web.security import CONTENT_SECURITY_POLICY

_STEPS = re.compile(r"/\* steps:.*?/\* end of steps \*/", re.S)


def part_of(sheet: str) -> str:
    """What goes inside, of the whole sheet as it is written."""
    return _STEPS.sub("", sheet)


def init_app(app: Flask, sheet: str) -> None:
    """Teach templates `inline_sheet()`: the sheet where it goes inside, else nothing."""
    digest = b64encode(sha256(sheet.encode()).digest()).decode()
    allowed = CONTENT_SECURITY_POLICY.replace("style-src 'self'", f"style-src 'self' 'sha256-{digest}'")
    app.extensions["inline_policy"] = allowed
    text = Markup(sheet)  # noqa: S704  a file of ours

    @app.template_global("inline_sheet")
    def inline_sheet() -> Markup | None:
        return text if "inline_sheet" in g else None


@contextmanager
def sheet_inside() -> Iterator[None]:
    """Pages that are made in here carry the sheet; they go out with `inline_policy`."""
    g.inline_sheet = True
    try:
        yield
    finally:  # an error's page is none of these
        g.pop("inline_sheet")


def inline_policy() -> str:
    """Content-Security-Policy of a page that carries the sheet."""
    allowed: str = current_app.extensions["inline_policy"]
    return allowed
