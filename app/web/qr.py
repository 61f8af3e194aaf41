"""QR codes on pages."""

import segno
from markupsafe import Markup, escape


def qr_picture(text: str, *, words: str) -> Markup:
    """A QR code as SVG, black on white in the dark too: cameras read no other. `words` say what it is for."""
    drawn = segno.make(text, error="m").svg_inline(
        omitsize=True, light="#fff", dark="#000", svgclass=None, lineclass=None
    )
    told = f'role="img" aria-label="{escape(words)}"'
    return Markup(drawn.replace("<svg ", f'<svg height="280" preserveAspectRatio="xMinYMid" {told} ', 1))  # noqa: S704  drawn here
