"""Makes the certificate's three fonts in app/static/fonts. Run by hand, when the drawing or the set of letters changes:

    npm pack @expo-google-fonts/be-vietnam-pro && tar xzf expo-google-fonts-be-vietnam-pro-*.tgz
    python3 -m venv throwaway && throwaway/bin/pip install fonttools==4.68.0
    throwaway/bin/python make_fonts.py package ../../app/static/fonts

Be Vietnam Pro (OFL 1.1, no Reserved Font Name declared, so a changed version may keep its name) is cut down to the
letters that people's names and organisers' texts need, and gets eight that it lacks. LanToaFrame is ours: each of its
glyphs is a whole A4 page of ornament, one unit a tenth of a point, so that the frame costs a letter; one small SVG
costs 5 ms a certificate.
"""

import sys
import unicodedata
from math import radians
from pathlib import Path

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.transform import Transform
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.svgLib.path import parse_path
from fontTools.ttLib import TTFont

WIDTH, HEIGHT = 842, 595  # A4 landscape in points; drawings are SVG paths, y downwards

# The five petals of app/static/images/favicon.svg, centred on (0, 0): about 38 across.
PETAL = (
    "M0 -3C-.7 -7.6 -6.9 -9 -6.8 -14.8 -6.7 -18.2 -4.2 -19 -2.7 -17.9 -1.5 -20.2 1.5 -20.2 2.7 -17.9 4.2 -19 6.7 -18.2"
    " 6.8 -14.8 6.9 -9 .7 -7.6 0 -3z"
)
STAMEN = "M-.55 -3L-.3 -13.5L-1.2 -14.6L0 -16L1.2 -14.6L.3 -13.5L.55 -3z"
EDGE = 26.0


def letters() -> set[str]:
    """ASCII, Latin-1, Latin Extended-A (names of minorities: Ŏ Ĭ Ŭ Č), Vietnamese, the marks of typesetting."""
    found = {chr(c) for c in (*range(0x20, 0x7F), *range(0xA0, 0x180))} | set("–—“”‘’•·…₫ƠơƯư")
    for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY":
        found |= {unicodedata.normalize("NFC", base + tone) for tone in "\u0300\u0309\u0303\u0301\u0323"}
    return found


def add_breves(font: TTFont) -> None:
    """Ŏ Ĭ Ŭ Ĕ of Ê Đê, Gia Rai and Ba Na names, which Be Vietnam Pro lacks: its own letters under its own breve."""
    names, glyphs, widths = font.getBestCmap(), font["glyf"], font["hmtx"]
    breve, rise = glyphs[names[0x2D8]], glyphs[names[ord("I")]].yMax - glyphs[names[ord("x")]].yMax
    for letter, base in zip("ŎĬŬĔŏĭŭĕ", "OIUEo\u0131ue", strict=True):
        under, name = glyphs[names[ord(base)]], f"uni{ord(letter):04X}"
        pen = TTGlyphPen(glyphs)
        pen.addComponent(names[ord(base)], (1, 0, 0, 1, 0, 0))
        aside = (under.xMin + under.xMax - breve.xMin - breve.xMax) // 2
        pen.addComponent(names[0x2D8], (1, 0, 0, 1, aside, rise if letter.isupper() else 0))
        glyphs[name], widths[name] = pen.glyph(), (widths[names[ord(base)]][0], under.xMin)
        glyphs[name].recalcBounds(glyphs)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[ord(letter)] = name


def cut(source: Path, target: Path) -> None:
    """Write the subset; outlines only, as reportlab reads no kerning and no hints."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.drop_tables += ["GPOS", "GSUB", "GDEF", "gasp"]
    options.name_IDs = [1, 2, 4, 6]  # reportlab copies them into every PDF; the licence stands in OFL.txt
    options.glyph_names = False
    font = subset.load_font(str(source), options)
    add_breves(font)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(letter) for letter in letters()])
    cutter.subset(font)
    subset.save_font(font, str(target), options)
    print(target.name, len(font.getGlyphOrder()), "glyphs", target.stat().st_size, "bytes")


class Drawing:
    """A page of ornament that becomes one glyph."""

    def __init__(self) -> None:
        self.glyph = TTGlyphPen({"blossom": None, "lines": None})  # what may be a part of another
        self.pen = Cu2QuPen(self.glyph, max_err=0.5)

    def path(self, d: str, x: float = 0, y: float = 0, size: float = 1, turn: float = 0) -> None:
        """Draw an SVG path, turned by degrees, enlarged, moved."""
        place = Transform(10, 0, 0, -10, 0, 10 * HEIGHT).translate(x, y).rotate(radians(turn))
        parse_path(d, TransformPen(self.pen, place.scale(size)))

    def rect(self, x: float, y: float, width: float, height: float) -> None:
        """A line is a thin rectangle."""
        self.path(f"M{x} {y}h{width}v{height}h{-width}z")

    def part(self, name: str, x: float = 0, y: float = 0, size: float = 1, turn: float = 0) -> None:
        """Another drawing, whose middle is (0, HEIGHT), as a part of this one: five flowers weigh as much as one."""
        place = Transform(1, 0, 0, 1, 10 * x, 10 * (HEIGHT - y)).rotate(-radians(turn)).scale(size)
        self.glyph.addComponent(name, place)

    def wave(self, x: float, y: float, *, count: int, thick: float) -> None:
        """A ribbon of `count` waves, 28 points each."""
        length, height = 28.0, 6.5
        half = length / 2
        there = "".join(f"q{half / 2} {-height} {half} 0t{half} 0" for _ in range(count))
        back = "".join(f"q{-half / 2} {height} {-half} 0t{-half} 0" for _ in range(count))
        self.path(f"M{x} {y}{there}v{thick}{back}z")


def flower() -> Drawing:
    """Five petals, and between them stamens with their dots."""
    drawing = Drawing()
    for petal in range(5):
        drawing.path(PETAL, 0, HEIGHT, turn=72 * petal)
        drawing.path(STAMEN, 0, HEIGHT, turn=72 * petal + 36)
    return drawing


def red_lines() -> Drawing:
    """The outer frame, open for the flowers."""
    drawing = Drawing()
    gap, thick, middle = 62.0, 2.2, WIDTH / 2
    drawing.rect(gap, EDGE, middle - gap - 44, thick)
    drawing.rect(middle + 44, EDGE, middle - gap - 44, thick)
    drawing.rect(gap, HEIGHT - EDGE - thick, WIDTH - 2 * gap, thick)
    for x in (EDGE, WIDTH - EDGE - thick):
        drawing.rect(x, gap, thick, HEIGHT - 2 * gap)
    return drawing


def celebration() -> Drawing:
    """What is phượng red: the outer frame, the flowers in its corners, the emblem at its head."""
    drawing = Drawing()
    drawing.part("lines", 0, HEIGHT)
    for x, y, turn in ((0, 0, -45), (1, 0, 45), (0, 1, -135), (1, 1, 135)):
        drawing.part(
            "blossom", EDGE + 10 + x * (WIDTH - 2 * EDGE - 20), EDGE + 10 + y * (HEIGHT - 2 * EDGE - 20), 0.85, turn
        )
    drawing.part("blossom", WIDTH / 2, EDGE + 20, 1.5)
    return drawing


def harbour() -> Drawing:
    """What is harbour blue: the thin inner frame, the water along its foot, the wave under the title."""
    drawing = Drawing()
    edge, gap, thick = EDGE + 7.5, 70.0, 0.7
    drawing.rect(gap, edge, WIDTH / 2 - gap - 48, thick)
    drawing.rect(WIDTH / 2 + 48, edge, WIDTH / 2 - gap - 48, thick)
    for x in (edge, WIDTH - edge - thick):
        drawing.rect(x, gap, thick, HEIGHT - 2 * gap)
    count, length = 24, 28.0
    left = (WIDTH - count * length) / 2
    for row, weight in enumerate((1.0, 1.5, 2.2)):
        inset = (2 - row) * 2
        drawing.wave(left + inset * length, HEIGHT - 57 + 7.5 * row, count=count - 2 * inset, thick=weight)
    drawing.wave(WIDTH / 2 - 42, 165, count=3, thick=1.5)
    return drawing


def frame_font(target: Path) -> None:
    """`❀` is the red page, `≈` the blue one; both stand on the spot (no advance)."""
    drawings = {"blossom": flower(), "lines": red_lines(), "red": celebration(), "blue": harbour()}
    builder = FontBuilder(10 * WIDTH, isTTF=True)
    builder.setupGlyphOrder([".notdef", *drawings])
    builder.setupCharacterMap({ord("❀"): "red", ord("≈"): "blue"})
    glyphs = {".notdef": TTGlyphPen(None).glyph()} | {name: d.glyph.glyph() for name, d in drawings.items()}
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (0, getattr(glyph, "xMin", 0)) for name, glyph in glyphs.items()})
    builder.setupHorizontalHeader(ascent=10 * HEIGHT, descent=0)
    builder.setupNameTable(
        {"familyName": "LanToaFrame", "styleName": "Regular", "psName": "LanToaFrame", "fullName": "LanToaFrame"}
    )
    builder.setupOS2(sTypoAscender=10 * HEIGHT, sTypoDescender=0, usWinAscent=10 * HEIGHT, usWinDescent=0)
    builder.setupPost(keepGlyphNames=False)
    builder.save(target)
    print(target.name, target.stat().st_size, "bytes")


def main() -> None:
    """Arguments: the unpacked npm package, the folder of the fonts."""
    package, fonts = Path(sys.argv[1]), Path(sys.argv[2])
    for weight, name in (("400Regular", "Regular"), ("600SemiBold", "SemiBold")):
        cut(package / weight / f"BeVietnamPro_{weight}.ttf", fonts / f"BeVietnamPro-{name}.ttf")
    frame_font(fonts / "LanToaFrame.ttf")


if __name__ == "__main__":
    main()
