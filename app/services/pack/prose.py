"""Markdown of lessons and pages: front matter between `+++` lines, then plain prose."""

import re

from app.services.pack.faults import Findings

# What the portal would drop or show wrongly.
_NOT_CARRIED = (
    (re.compile(r"^# .*$", re.M), "tiêu đề lớn nhất trong chữ là ##; tên bài đã là tiêu đề của trang"),
    (re.compile(r"!\["), "không chèn hình vào chữ; hình của bài học là tệp .svg cùng tên"),
    (re.compile(r"</?[a-zA-Z][^>\n]*>"), "không dùng thẻ HTML"),
)


def split_front(text: str) -> tuple[str, str] | None:
    """Front matter and the body after it (outer blank lines cut); None without front matter."""
    parts = re.match(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*$\n?(.*)", text, re.S | re.M)
    return (parts[1], parts[2].strip("\n ")) if parts else None


def check_prose(text: str, body: str, file: str, findings: Findings) -> None:
    """Name what a page would not carry. `body` is the end of `text`, which starts on line 1."""
    start = len(text.rstrip("\n ")) - len(body)
    if not body:
        findings.fault(file, text.count("\n", 0, start) + 1, "chưa có chữ nào dưới dòng +++")
    for pattern, advice in _NOT_CARRIED:
        for wrong in pattern.finditer(body):
            findings.fault(file, text.count("\n", 0, start + wrong.start()) + 1, advice)
