"""The GIFT parser and its writer."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import QuestionKind
from app.services.pack.contents import QuestionText
from app.services.pack.faults import Findings
from app.services.pack.gift import GiftQuestion, PictureLink, parse_gift
from app.services.pack.gift_options import TRUE_FALSE_OPTIONS
from app.services.pack.gift_writing import write_gift

NOTES = """\
// Nguồn: Luật Căn cước 2023
// Tính đến: 22/11/2026
// [id:c-1] [tag:muc-de] [tag:bai-a]
"""


def parse(body: str, notes: str = NOTES) -> tuple[list[GiftQuestion], list[str], list[str]]:
    findings = Findings()
    questions = parse_gift(notes + body, "q.gift", findings)
    return (
        questions,
        [f"{fault.line}: {fault.text}" for fault in findings.faults],
        [f"{remark.line}: {remark.text}" for remark in findings.remarks],
    )


def only(body: str) -> GiftQuestion:
    questions, faults, _ = parse(body)
    assert faults == []
    (question,) = questions
    return question


@pytest.mark.parametrize(
    ("body", "kind", "options", "right"),
    [
        ("::c-1::Hỏi? {~a =b ~c}", QuestionKind.ONE, ("a", "b", "c"), (1,)),
        ("Hỏi? {\n=b\n~c\n}", QuestionKind.ONE, ("b", "c"), (0,)),
        ("Hỏi? {~ =b ~c}", QuestionKind.ONE, ("b", "c"), (0,)),
        ("Hỏi? {~%50%a ~%-100%b ~%50%c}", QuestionKind.SEVERAL, ("a", "b", "c"), (0, 2)),
        ("Hỏi? {~%33.33333%a ~%33.33333%b ~%33.33333%c ~d}", QuestionKind.SEVERAL, ("a", "b", "c", "d"), (0, 1, 2)),
        ("Hỏi? {T}", QuestionKind.TRUE_FALSE, TRUE_FALSE_OPTIONS, (0,)),
        ("Hỏi? {FALSE#sai rồi#đúng rồi####Vì thế.}", QuestionKind.TRUE_FALSE, TRUE_FALSE_OPTIONS, (1,)),
        (r"Hỏi? {=15\:30 ~1 \= 1 ~\{a\} ~50% ~\# \~}", QuestionKind.ONE, ("15:30", "1 = 1", "{a}", "50%", "# ~"), (0,)),
        (r"Hỏi? {=dòng một\ndòng hai ~a\\b}", QuestionKind.ONE, ("dòng một\ndòng hai", r"a\b"), (0,)),
        ("Hỏi? {=xuống dòng\n  trong tệp ~b}", QuestionKind.ONE, ("xuống dòng trong tệp", "b"), (0,)),
        ("Hỏi? {\n~a\n// ghi chú giữa câu\n=b}", QuestionKind.ONE, ("a", "b"), (1,)),
        ("Hỏi? {~%0%%5% rẻ hơn\n=b}", QuestionKind.ONE, ("%5% rẻ hơn", "b"), (1,)),
    ],
)
def test_reads_the_kinds_a_contest_carries(
    body: str, kind: QuestionKind, options: tuple[str, ...], right: tuple[int, ...]
) -> None:
    text = only(body).text
    assert (text.kind, text.options, text.right) == (kind, options, right)


def test_reads_notes_stem_and_explanation() -> None:
    notes = NOTES.replace("// [id", "// Xem lại: 1/7/2027\n// [id")
    (question,), faults, remarks = parse("::c-1::[markdown]Lúc 15\\:30\\nlàm gì? {=a ~b ####Vì a.\nĐúng thế.}", notes)
    assert faults == remarks == []
    assert (question.ref, question.tags) == ("c-1", ("muc-de", "bai-a"))
    assert question.text.stem == "Lúc 15:30\nlàm gì?"
    assert question.text.explanation == "Vì a. Đúng thế."
    assert question.text.source == "Luật Căn cước 2023"
    assert (question.text.as_of, question.text.review_on) == (date(2026, 11, 22), date(2027, 7, 1))
    assert (question.notes_line, question.line) == (1, 5)


def test_reads_a_picture_at_the_end_of_the_stem() -> None:
    question = only("[markdown]Hình gì? ![Một ổ khóa](hinh-cau/c-1.svg) {=a ~b}")
    assert (question.text.stem, question.picture) == ("Hình gì?", PictureLink("Một ổ khóa", "hinh-cau/c-1.svg"))


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("Hỏi?", "4: câu hỏi thiếu { … } chứa các phương án"),
        ("Hỏi? {=a ~b", "4: câu hỏi thiếu dấu } ở cuối câu"),
        ("Hỏi? {=a ~b} rồi sao", "4: sau dấu } không được còn chữ"),
        ("Hỏi? {=a\n~b {c}}", "5: dấu { hoặc } trong chữ phải viết"),
        ("::c-1 Hỏi? {=a ~b}", "4: tên câu phải nằm giữa hai dấu ::"),
        ("{=a ~b}", "4: câu hỏi chưa có lời"),
        ("[html]<b>Hỏi</b>? {=a ~b}", "4: câu hỏi chỉ mang chữ thường"),
        ("Hỏi? ![a](hinh-cau/a.svg) {=a ~b}", "4: câu có hình phải bắt đầu bằng [markdown]"),
        ("Hỏi? {}", "4: không dùng được câu tự luận"),
        ("Hỏi? {#3.14:0.01}", "4: không dùng được câu điền số"),
        ("Hỏi? {=Hà Nội =Thăng Long}", "4: không dùng được câu điền từ"),
        ("Hỏi? {=a -> 1 =b -> 2}", "4: không dùng được câu ghép cặp"),
        ("Hỏi? {a =b ~c}", "4: mỗi phương án phải bắt đầu bằng"),
        ("Hỏi? {=a}", "4: không dùng được câu điền từ"),
        ("Hỏi? {~a ~b}", "4: chưa rõ đáp án"),
        ("Hỏi? {=a =b ~c}", "4: chỉ một phương án mang dấu ="),
        ("Hỏi? {=a ~%50%b ~c}", "4: chỉ một phương án mang dấu ="),
        ("Hỏi? {~%100%a ~b}", "4: chưa rõ đáp án"),
        ("Hỏi? {~%50%a ~%40%b ~c}", "4: phần trăm của các phương án đúng phải cộng lại bằng 100"),
        ("Hỏi? {\n=a\n~\n~c}", "6: phương án trống"),
        ("Hỏi? {\n=a\n~b\n~a}", "7: phương án “a” viết hai lần"),
        ("Hỏi? {=a ~b ~c ~d ~e ~f ~g}", "4: câu phải có từ 2 đến 6 phương án, đang có 7"),
    ],
)
def test_names_each_fault_with_its_line(body: str, fault: str) -> None:
    questions, faults, _ = parse(body)
    assert questions == []
    assert len(faults) == 1
    assert faults[0].startswith(fault)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[id:c-1] ", "", "1: trên câu hỏi phải có đúng một [id:…]"),
        ("[id:c-1]", "[id:c-1] [id:c-2]", "1: trên câu hỏi phải có đúng một [id:…]"),
        ("[id:c-1]", "[id:câu 1]", "1: trên câu hỏi phải có đúng một [id:…]"),
        ("// Nguồn: Luật Căn cước 2023\n", "", "1: thiếu dòng “// Nguồn: …”"),
        ("// Tính đến: 22/11/2026\n", "", "1: thiếu dòng “// Tính đến:"),
        ("22/11/2026", "31/2/2026", "2: “31/2/2026” không phải ngày"),
        ("22/11/2026", "hôm nay", "2: “hôm nay” không phải ngày"),
        ("[tag:bai-a]\n", "[tag:bai-a]\n\n", "1: chú thích có [id:…] phải đứng ngay trên câu hỏi"),
    ],
)
def test_names_faults_of_the_notes(old: str, new: str, fault: str) -> None:
    assert old in NOTES
    _, faults, _ = parse("Hỏi? {=a ~b}", NOTES.replace(old, new))
    assert faults[0].startswith(fault)


def test_goes_on_after_a_fault() -> None:
    second = NOTES.replace("c-1", "c-2")
    questions, faults, _ = parse(f"Hỏi? {{}}\n\n{second}Hỏi nữa? {{=a ~b}}\n\n{second}Hỏi mãi? {{~a}}")
    assert [question.ref for question in questions] == ["c-2"]
    assert [fault.split(":")[0] for fault in faults] == ["4", "14", "14"]


@pytest.mark.parametrize(
    ("body", "remark"),
    [
        ("Hỏi? {\n=a\n~b #nhầm rồi\n}", "6: lời nhận xét sau dấu #"),
        ("Hỏi? {T#nhầm rồi}", "4: lời nhận xét riêng cho đúng, sai"),
        ("::Tên khác::Hỏi? {T}", "4: tên câu “Tên khác” không được giữ"),
        ("Hỏi? {~%70%a ~%30%b ~%-100%c}", "4: trọng số riêng không được giữ"),
        ("// ghi chú riêng\nHỏi? {T}", "4: lời chú thích này không được giữ"),
        ("Hỏi? {T}\n\n// cuối tệp", "6: chú thích này không thuộc câu nào"),
        ("Hỏi? {T}\n\n$CATEGORY: Kho", "6: dòng $CATEGORY không được giữ"),
    ],
)
def test_says_what_is_not_kept(body: str, remark: str) -> None:
    questions, faults, remarks = parse(body)
    assert (len(questions), faults) == (1, [])
    assert len(remarks) == 1
    assert remarks[0].startswith(remark)


ONE_LINE = (
    st.text("aăÂđ ế~=#{}:\\%/-05[]n.?“”\u00a0", min_size=1, max_size=20)
    .map(lambda text: " ".join(part for part in text.split(" ") if part).strip())
    .filter(bool)
)
TEXT = st.lists(ONE_LINE, min_size=1, max_size=3).map("\n".join)
STEM = st.one_of(TEXT, TEXT.map(lambda text: f"[html]{text}"))
DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))


@st.composite
def questions(draw: st.DrawFn) -> GiftQuestion:
    kind = draw(st.sampled_from(QuestionKind))
    options: tuple[str, ...] = TRUE_FALSE_OPTIONS
    right: tuple[int, ...] = (draw(st.integers(0, 1)),)
    if kind is not QuestionKind.TRUE_FALSE:
        options = tuple(draw(st.lists(TEXT, min_size=2, max_size=6, unique=True)))
        least, most = (1, 1) if kind is QuestionKind.ONE else (2, len(options))
        places = st.lists(st.integers(0, len(options) - 1), min_size=least, max_size=most, unique=True)
        right = tuple(sorted(draw(places)))
    picture = draw(st.none() | st.builds(PictureLink, st.just("Hình: a = b"), st.just("hinh-cau/a.svg")))
    text = QuestionText(
        kind, draw(STEM), options, right, draw(st.just("") | TEXT), "Nguồn a: b", draw(DAYS), draw(st.none() | DAYS)
    )
    ref = draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True))
    return GiftQuestion(ref, ("muc-de", "bai-a"), text, picture)


@given(st.lists(questions(), min_size=1, max_size=3))
def test_what_is_written_is_read_back(bank: list[GiftQuestion]) -> None:
    findings = Findings()
    text = write_gift(bank)
    assert parse_gift(text, "q.gift", findings) == bank, (findings.faults, text)
    assert findings.faults == findings.remarks == []


@given(st.text("a=~{}#:\\%T \n/[]!()50-", max_size=80))
def test_no_text_breaks_the_parser(text: str) -> None:
    findings = Findings()
    found = parse_gift(NOTES + text, "q.gift", findings)
    for question in found:
        again = parse_gift(write_gift([question]), "q.gift", Findings())
        assert again == [question]
