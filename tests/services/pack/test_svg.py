"""The allow-list of pictures."""

import pytest

from app.services.pack.faults import Findings
from app.services.pack.svg import LESSON_BYTES, check_svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180" role="img"><title>Một  ổ\nkhóa</title>'
GOOD = HEAD + '<g stroke="#1b1f24" stroke-width="4"><path d="M0 0h9" fill="none"/></g></svg>'


def check(text: str) -> tuple[str, list[str]]:
    findings = Findings()
    title = check_svg(text, "a.svg", findings, limit=LESSON_BYTES)
    return title, [f"{fault.line}: {fault.text}" for fault in findings.faults]


def test_gives_the_title() -> None:
    assert check(GOOD) == ("Một ổ khóa", [])


@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        ("<script>alert(1)</script>", "không dùng phần tử <script>"),
        ("<style>*{}</style>", "không dùng phần tử <style>"),
        ('<use href="#a"/>', "không dùng phần tử <use>"),
        ("<text>chữ</text>", "không dùng phần tử <text>"),
        ("<foreignObject/>", "không dùng phần tử <foreignObject>"),
        ('<p xmlns="http://www.w3.org/1999/xhtml"/>', "không dùng phần tử <p>"),
        ("<svg/>", "chỉ có một <svg>"),
        ('<path id="a"/>', "bỏ thuộc tính id của <path>"),
        ('<path style="fill:red"/>', "bỏ thuộc tính style của <path>"),
        ('<path onclick="alert(1)"/>', "bỏ thuộc tính onclick của <path>"),
        ('<g href="x"/>', "bỏ thuộc tính href của <g>"),
        ('<g xmlns:x="http://www.w3.org/1999/xlink" x:href="y"/>', "bỏ xmlns:x"),
        ('<path fill="URL(http://a.example/)"/>', "thuộc tính fill của <path> không được dẫn"),
        ("chữ", "không có chữ trong hình"),
        ("<!-- ghi chú -->", "bỏ chú thích"),
        ("<![CDATA[<script>]]>", "bỏ đoạn <![CDATA["),
        ("<?php echo 1 ?>", "bỏ chỉ thị"),
    ],
)
def test_refuses_what_is_not_listed(inside: str, fault: str) -> None:
    _, faults = check(HEAD + "\n" + inside + "</svg>")
    assert faults[0].startswith(f"3: {fault}")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (GOOD.replace(' viewBox="0 0 320 180"', ""), "1: thiếu viewBox"),
        (GOOD.replace("Một  ổ\nkhóa", " "), "1: thiếu <title>"),
        (GOOD.replace("</g>", ""), "2: không phải XML đúng cú pháp"),
        (GOOD.replace("Một", "&nbsp;"), "1: không phải XML đúng cú pháp"),
        (GOOD.replace("M0 0h9", "M0 0h9" * 700), "1: hình nặng"),
        (GOOD.replace("http://www.w3.org/2000/svg", "a"), "1: không dùng phần tử <svg>"),
        ("", "1: không phải XML đúng cú pháp"),
        (f'<?xml version="1.0"?>{GOOD}', "1: bỏ dòng <?xml"),
    ],
)
def test_needs_a_whole_picture(text: str, fault: str) -> None:
    _, faults = check(text)
    assert faults[0].startswith(fault)


def test_entities_are_never_expanded() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>\n' + GOOD.replace("Một", "&b;")
    title, faults = check(bomb)
    assert faults == ["1: bỏ khai báo <!DOCTYPE …>"]
    assert title == ""
