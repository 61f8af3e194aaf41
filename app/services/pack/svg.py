"""Pictures of lessons and questions: SVG that is safe to stand inside a page. What is not listed here is refused.

Read with expat, the parser beneath xml.etree, because it tells the line of every element.
"""

from xml.parsers.expat import ExpatError, ParserCreate

from app.services.pack.faults import Findings

LESSON_BYTES = 4096
QUESTION_BYTES = 2048
_NAMESPACE = "http://www.w3.org/2000/svg"
_ELEMENTS = frozenset({"svg", "title", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
# fmt: off
_ATTRIBUTES = frozenset({
    "viewBox", "role", "aria-hidden", "aria-label", "focusable", "width", "height", "class", "d", "fill", "fill-rule",
    "fill-opacity", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray",
    "stroke-dashoffset", "stroke-miterlimit", "stroke-opacity", "opacity", "transform", "x", "y", "x1", "y1", "x2",
    "y2", "cx", "cy", "r", "rx", "ry", "points", "pathLength",
})
# fmt: on


class _Refused(Exception):
    """Read no further."""


class _Picture:
    """Handlers of one parse. A doctype, a comment or an instruction is refused: it could carry entities or hide text
    that an HTML parser reads in another way than an XML parser."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file, self.findings = file, findings
        self.parser = ParserCreate(namespace_separator=" ")
        self.path: list[str] = []
        self.title = ""
        self.has_view_box = False
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = lambda _name: self.path.pop()
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.CommentHandler = lambda _: self.fault("bỏ chú thích <!-- … -->")
        self.parser.StartCdataSectionHandler = lambda: self.fault("bỏ đoạn <![CDATA[ … ]]>")
        self.parser.ProcessingInstructionHandler = lambda *_: self.fault("bỏ chỉ thị <? … ?>")
        self.parser.XmlDeclHandler = lambda *_: self.fault("bỏ dòng <?xml … ?>")
        self.parser.StartNamespaceDeclHandler = self.namespace

    def fault(self, text: str) -> None:
        self.findings.fault(self.file, self.parser.CurrentLineNumber, text)

    def doctype(self, *_: object) -> None:
        self.fault("bỏ khai báo <!DOCTYPE …>")
        raise _Refused  # before any entity is declared: a few bytes could swell to gigabytes

    def namespace(self, prefix: str | None, _address: str) -> None:
        if prefix:
            self.fault(f"bỏ xmlns:{prefix}")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        if namespace != _NAMESPACE or name not in _ELEMENTS or (not self.path and name != "svg"):
            self.fault(f"không dùng phần tử <{name}>; chỉ dùng {', '.join(sorted(_ELEMENTS))} của SVG")
        if self.path and name == "svg":
            self.fault("chỉ có một <svg>, ở ngoài cùng")
        for key, value in attributes.items():
            if key not in _ATTRIBUTES:
                self.fault(f"bỏ thuộc tính {key.rpartition(' ')[2]} của <{name}>")
            elif "url(" in value.lower() or "script:" in value.lower():
                self.fault(f"thuộc tính {key} của <{name}> không được dẫn tới nơi khác")
        self.has_view_box = self.has_view_box or (not self.path and "viewBox" in attributes)
        self.path.append(name)

    def characters(self, text: str) -> None:
        if self.path == ["svg", "title"]:
            self.title += text
        elif text.strip():
            self.fault("không có chữ trong hình, trừ <title>")


def check_svg(text: str, file: str, findings: Findings, *, limit: int) -> str:
    """The picture's title (its description for those who don't see it); every fault goes to `findings`."""
    size = len(text.encode())
    if size >= limit:
        findings.fault(file, 1, f"hình nặng {size} byte; rút gọn cho dưới {limit} byte")
    picture = _Picture(file, findings)
    before = len(findings.faults)
    try:
        picture.parser.Parse(text, True)
    except _Refused:
        return ""
    except ExpatError as error:
        if len(findings.faults) == before:
            findings.fault(file, error.lineno, "không phải XML đúng cú pháp; xem lại thẻ mở, thẻ đóng và dấu nháy")
        return ""
    if not picture.has_view_box:
        findings.fault(file, 1, 'thiếu viewBox trong <svg>, ví dụ viewBox="0 0 320 180"')
    title = " ".join(picture.title.split())
    if not title:
        findings.fault(file, 1, "thiếu <title> nói hình vẽ gì")
    return title
