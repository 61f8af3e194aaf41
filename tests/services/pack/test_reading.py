"""A folder is read whole, or refused with every fault, its file and its line."""

import shutil
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.models import Pool, QuestionKind
from app.services.pack import read_pack
from tests.services.pack.conftest import SMALL, Edit, faults_of, line_of

QUESTIONS = "questions/01-an-toan.gift"
LESSON = "topics/01-an-toan/01-mat-khau.md"
PICTURE = "topics/01-an-toan/01-mat-khau.svg"


def test_reads_the_small_pack() -> None:
    pack = read_pack(SMALL)
    assert pack.head.slug == "cuoc-thi-nho"
    assert pack.rules.exam.questions == 8
    assert [(topic.folder, len(topic.lessons)) for topic in pack.topics] == [("01-an-toan", 2), ("02-tien-ich", 2)]
    assert {"Cẩm Giang", "Cẩm Giàng"} < {unit.name for unit in pack.units}
    (round_,) = pack.rounds
    assert round_.opens_at == datetime(2025, 10, 10, 17, tzinfo=UTC)
    assert round_.closes_at == datetime(2025, 11, 11, 17, tzinfo=UTC)
    assert pack.remarks == ()


def test_small_pack_has_every_kind_in_both_topics() -> None:
    exam = [question for question in read_pack(SMALL).questions if question.pool is Pool.EXAM]
    for topic in ("an-toan", "tien-ich"):
        bank = [question for question in exam if question.topic == topic]
        counts = {level: sum(q.difficulty == level for q in bank) for level in ("easy", "medium", "hard")}
        assert counts == {"easy": 4, "medium": 3, "hard": 2}
        assert {question.text.kind for question in bank} == set(QuestionKind)
        assert sum(question.text.picture is not None for question in bank) == 1


# (file, old, new, text on the line that the fault names, part of the fault)
@pytest.mark.parametrize(
    "case",
    [
        ("contest.toml", "minutes = 20", "minutes = = 20", "minutes = =", "sai cú pháp TOML"),
        ("contest.toml", "minutes = 20", "minutes = 0", "minutes = 0", "exam.minutes: phải là số nguyên từ 1 đến 600"),
        ("contest.toml", "shuffle = true", "shuffel = true", "shuffel", "exam.shuffel: không có thiết lập nào"),
        ("contest.toml", 'gate = "all_lessons"', 'gate = "x"', "gate =", "exam.gate: phải là một trong"),
        (
            "contest.toml",
            "easy = 2",
            "easy = 5",
            "easy = 5",
            "exam.quota.an-toan.easy: cần 5 câu nhưng ngân hàng chỉ có 4",
        ),
        ("contest.toml", "quota.an-toan", "quota.an-tam", "quota.an-tam", "exam.quota.an-tam: không có chuyên đề nào"),
        ("contest.toml", 'key = ["correct"', 'key = ["luck"', "key =", "ranking.key: phải là danh sách"),
        ("contest.toml", 'issuer = "Ban', 'issuer = "" # "', "issuer =", "certificate.issuer: phải là một dòng chữ"),
        ("contest.toml", 'time_zone = "Asia', 'time_zone = "Mars', "time_zone", "time_zone: không có múi giờ"),
        ("contest.toml", 'slug = "cuoc', 'slug = "Cuộc', "slug =", "slug: chỉ gồm chữ thường không dấu"),
        ("contest.toml", 'tagline = "Nhỏ', 'tagline = "\\u0000Nhỏ', "tagline =", "tagline: phải là một dòng chữ"),
        ("contest.toml", 'organisers = ["', 'organisers = ["", "', "organisers =", "organisers: phải là danh sách"),
        ("contest.toml", 'email = "', 'mail = "', "mail =", "mail: không có mục nào tên như vậy"),
        (
            "contest.toml",
            "shift_to_now = true",
            'shift_to_now = "có"',
            "shift_to_now =",
            "window.shift_to_now: phải là true",
        ),
        ("contest.toml", "2025-11-11", "2025-10-01", "last_day = ", "rounds.last_day: đợt thi phải kết thúc sau"),
        (
            "contest.toml",
            "first_day = 2025-10-11",
            "opens_at = 2025-10-11T08:00:00",
            "opens_at = 2025-10-11T",
            "thời điểm",
        ),
        ("units.csv", "10888,", "1088,", "1088,", "mã đơn vị “1088” phải có đúng 5 chữ số"),
        ("units.csv", "10903,", "10888,", "Cẩm Giàng", "mã đơn vị 10888 đã có ở dòng 2"),
        (
            "units.csv",
            ",xa,Cẩm Giàng",
            ",làng,Cẩm Giàng",
            "Cẩm Giàng",
            "loại “làng” phải là một trong phuong, xa, dac_khu",
        ),
        ("units.csv", "15000", "15.000", "15.000", "dân số “15.000” phải là số nguyên dương"),
        ("units.csv", "code,type,", "ma,type,", "ma,type", "dòng đầu thiếu cột code"),
        (LESSON, "minutes = 2", "minutes = 0", "minutes", "minutes: phải là số nguyên từ 1 đến 120"),
        (LESSON, "as_of = ", "as_off = ", "as_off", "as_off: không có mục nào"),
        (LESSON, 'summary = "', "summary = ", "summary", "sai cú pháp TOML"),
        (LESSON, "## Đặt", "# Đặt", "# Đặt", "tiêu đề lớn nhất trong chữ là ##"),
        (LESSON, "**Mỗi", "<b>**Mỗi", "<b>", "không dùng thẻ HTML"),
        (LESSON, "**Mỗi", "![a](b.png) **Mỗi", "![a]", "không chèn hình vào chữ"),
        ("topics/01-an-toan/topic.toml", "title = ", "titel = ", "titel", "titel: không có mục nào"),
        (PICTURE, '<rect width="320"', '<rect id="a" width="320"', "<rect", "bỏ thuộc tính id"),
        ("pages/the-le.md", "Mỗi đề", "<u>Mỗi đề", "<u>", "không dùng thẻ HTML"),
        (QUESTIONS, "[id:nho-at-02]", "[id:nho-at-01]", "[id:nho-at-01]@2", "đã dùng ở questions/01-an-toan.gift:1"),
        (QUESTIONS, "[tag:muc-de]", "[tag:muc-dễ]", "// Nguồn", "phải có đúng một thẻ độ khó"),
        (QUESTIONS, "[tag:bai-mat-khau]", "[tag:bai-mat-ma]", "// Nguồn", "không có bài học “mat-ma” trong chuyên đề"),
        (QUESTIONS, "=Bốn từ", "~Bốn từ", "::nho-at-01::", "chưa rõ đáp án"),
        (
            QUESTIONS,
            "hinh-cau/nho-at-06",
            "hinh-cau/nho-at-66",
            "::nho-at-06::",
            "không có tệp hình hinh-cau/nho-at-66.svg",
        ),
        (
            QUESTIONS,
            "hinh-cau/nho-at-06",
            "../../nho-at-06",
            "::nho-at-06::",
            "hình của câu phải nằm ở hinh-cau/nho-at-06.svg",
        ),
        (QUESTIONS, "![Ổ khóa vẽ", "![Ổ khóa sơn", "::nho-at-06::", "lời tả hình trong câu phải giống <title>"),
        ("practice/01-an-toan.gift", " [tag:bai-mat-khau]", "", "// Nguồn", "phải có đúng một thẻ bài học"),
    ],
)
def test_names_a_wrong_value_with_its_line(folder: Path, edit: Edit, case: tuple[str, str, str, str, str]) -> None:
    file, old, new, mark, text = case
    edit(file, old, new)
    where, _, nth = mark.partition("@")
    line = line_of(folder, file, where)
    if nth:  # a question's notes begin three lines above its id
        line = line_of(folder, file, where, int(nth)) - 3
    faults = faults_of(folder)
    assert any(fault.startswith(f"{file}:{line}: ") and text in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("contest.toml", "không có tệp contest.toml"),
        ("units.csv", "thiếu tệp danh sách đơn vị"),
        (PICTURE, "bài học thiếu hình"),
        (LESSON, ""),
        ("topics/01-an-toan/topic.toml", "thiếu tệp topic.toml"),
        ("pages/the-le.md", "thiếu trang này"),
    ],
)
def test_names_a_missing_file(folder: Path, file: str, text: str) -> None:
    (folder / file).unlink()
    if file == LESSON:
        file, text = PICTURE, "hình không có bài học cùng tên"
    assert any(fault.startswith(f"{file}:1: ") and text in fault for fault in faults_of(folder)), faults_of(folder)


def test_names_a_missing_key(folder: Path, edit: Edit) -> None:
    edit("contest.toml", 'tagline = "Nhỏ mà đủ"\n', "")
    assert faults_of(folder)[0].startswith("contest.toml:1: tagline: thiếu")


def test_names_an_empty_folder(tmp_path: Path) -> None:
    faults = faults_of(tmp_path)
    assert [fault.split(":")[0] for fault in faults] == [
        "contest.toml",
        "pages/huong-dan.md",
        "pages/quyen-rieng-tu.md",
        "pages/the-le.md",
        "topics",
        "units.csv",
    ]


def test_names_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert faults_of(tmp_path / "pack") == ["pack:1: không có thư mục này; xem lại đường dẫn"]


def test_names_an_empty_topic(folder: Path) -> None:
    (folder / "topics" / "03-trong").mkdir()
    assert "topics/03-trong:1: chuyên đề chưa có bài học nào" in faults_of(folder)


def test_names_bad_file_names(folder: Path) -> None:
    (folder / LESSON).rename(folder / "topics/01-an-toan/Bài 1.md")
    shutil.copytree(folder / "topics/02-tien-ich", folder / "topics/Chuyên đề")
    shutil.copytree(folder / "topics/02-tien-ich", folder / "topics/02-tien-loi")
    (folder / QUESTIONS).rename(folder / "questions/01-khac.gift")
    (folder / "pages/the-le.md").rename(folder / "pages/Thể lệ.md")
    files = {fault.split(": ")[0] for fault in faults_of(folder)}
    assert {
        "topics/01-an-toan/Bài 1.md:1",
        "topics/Chuyên đề:1",
        "topics/02-tien-loi:1",
        "questions/01-khac.gift:1",
        "pages/Thể lệ.md:1",
        "pages/the-le.md:1",
    } <= files


def test_names_bytes_that_are_not_utf8(folder: Path) -> None:
    path = folder / "units.csv"
    path.write_bytes(path.read_bytes().replace("Ngô".encode(), "Ngô".encode("cp1258")))
    assert faults_of(folder)[0].startswith("units.csv:4: không phải chữ UTF-8")


def test_names_control_characters(folder: Path, edit: Edit) -> None:
    edit(LESSON, "## Đặt", "## \x07Đặt")
    assert faults_of(folder)[0].startswith(f"{LESSON}:{line_of(folder, LESSON, 'Đặt thế')}: có ký tự điều khiển U+0007")


def test_names_overlapping_rounds(folder: Path, edit: Edit) -> None:
    second = (
        '\n[[rounds]]\nname = "Đợt hai"\nopens_at = 2025-11-11T08:00:00+07:00\ncloses_at = 2025-11-20T08:00:00+07:00\n'
    )
    edit("contest.toml", "\n[exam]\n", second + "\n[exam]\n")
    line = line_of(folder, "contest.toml", "Đợt hai")
    assert faults_of(folder) == [
        f"contest.toml:{line}: rounds.name: đợt thi phải bắt đầu sau khi đợt trước kết thúc;"
        " xem lại ngày và thứ tự các đợt"
    ]


def test_names_all_faults_at_once(folder: Path, edit: Edit) -> None:
    edit("contest.toml", "minutes = 20", "minutes = 0")
    edit("units.csv", "10888,", "1088,")
    edit(LESSON, "minutes = 2", "minutes = 0")
    edit(QUESTIONS, "=Bốn từ", "~Bốn từ")
    assert [fault.split(":")[0] for fault in faults_of(folder)] == ["contest.toml", QUESTIONS, LESSON, "units.csv"]


def test_accepts_notepad_and_decomposed_letters(folder: Path) -> None:
    """A byte order mark, CRLF and NFD are what real machines write; the text is the same."""
    for path in folder.rglob("*"):
        if path.is_file():
            text = unicodedata.normalize("NFD", path.read_text(encoding="utf-8")).replace("\n", "\r\n")
            path.write_bytes(text.encode("utf-8-sig"))
    assert read_pack(folder) == read_pack(SMALL)


def test_says_what_is_not_kept(folder: Path) -> None:
    (folder / "ghi chú.txt").write_text("nháp", encoding="utf-8")
    (folder / ".DS_Store").write_bytes(b"\x00")
    (folder / "hinh-cau" / "thua.svg").write_text("<svg/>", encoding="utf-8")
    pack = read_pack(folder)
    assert [remark.file for remark in pack.remarks] == ["ghi chú.txt", "hinh-cau/thua.svg"]
    assert replace(pack, remarks=()) == read_pack(SMALL)
