"""Results as files: places, shapes, and names that want to be formulas."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from openpyxl import load_workbook

from app.extensions import db
from app.models import Account, Entry
from app.services import results
from app.services.catalogue import Catalogue
from app.services.results import ResultRow, columns, file_name, people_ranked, result_rows, values
from app.services.spreadsheets import FileKind, write_sheet
from tests.support.people import learn_all, make_contestant, sit

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SUBMITTED = datetime(2025, 10, 21, 20, 30, 5, 999999, tzinfo=UTC)
ROW = ResultRow(1, "Nguyễn Thị Hồng Ánh", "00318", "Phường Lê Chân", "1234", 19, 20, 725, SUBMITTED, 3)
TEMPTING = [
    '=HYPERLINK("http://xau.example","Bấm")',
    "=1+1",
    "+84900000001",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "＝1+1",
    "=",
]


def _write(file: io.BytesIO, rows: list[ResultRow], kind: FileKind) -> int:
    return write_sheet(file, (values(row, ZONE) for row in rows), columns=columns(ZONE), kind=kind)


def _csv(rows: list[ResultRow]) -> tuple[bytes, list[list[str]]]:
    file = io.BytesIO()
    assert _write(file, rows, FileKind.CSV) == len(rows)
    assert not file.closed
    return file.getvalue(), list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))


def _xlsx(rows: list[ResultRow]) -> io.BytesIO:
    file = io.BytesIO()
    assert _write(file, rows, FileKind.XLSX) == len(rows)
    file.seek(0)
    return file


def test_csv_is_known_by_excel_and_misread_by_no_locale() -> None:
    raw, lines = _csv([ROW, replace(ROW, citizen_last_four=None, time_used=45)])
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\xef\xbb\xbf") == 1
    heading, first, second = lines
    assert heading[9] == "Nộp lúc (giờ Asia/Ho_Chi_Minh)"
    assert first == [
        "1",
        "Nguyễn Thị Hồng Ánh",
        "00318",
        "Phường Lê Chân",
        "•••• •••• 1234",
        "19",
        "20",
        "725",
        "12 phút 05 giây",
        "2025-10-22 03:30:05",
        "3",
    ]
    assert (second[4], second[8]) == ("", "0 phút 45 giây")
    assert len(heading) == len(first)


@pytest.mark.parametrize("name", TEMPTING)
def test_csv_never_begins_a_formula(name: str) -> None:
    _, lines = _csv([replace(ROW, full_name=name, unit_name=name)])
    assert lines[1][1] == lines[1][3] == f"'{name}"


@pytest.mark.parametrize("name", ["Nguyễn An", "Y-Moan Ê-ban", "D'Artagnan", "", '"Trích", dẫn'])
def test_csv_leaves_other_names_alone(name: str) -> None:
    _, lines = _csv([replace(ROW, full_name=name)])
    assert lines[1][1] == name


def test_xlsx_keeps_the_kinds_of_values() -> None:
    sheet = load_workbook(_xlsx([ROW])).worksheets[0]
    assert sheet.title == "Kết quả"
    cells = [cell.value for cell in sheet[2]]
    assert cells[:8] == [1, "Nguyễn Thị Hồng Ánh", "00318", "Phường Lê Chân", "•••• •••• 1234", 19, 20, 725]
    assert cells[9:] == [datetime(2025, 10, 22, 3, 30, 5), 3]  # noqa: DTZ001  spreadsheets know no zones
    assert sheet.freeze_panes == "A2"
    assert sheet.max_row == 2


@pytest.mark.parametrize("name", [*TEMPTING, "#N/A", "#DIV/0!"])
def test_xlsx_holds_no_formula(name: str) -> None:
    file = _xlsx([replace(ROW, full_name=name, unit_name=name)])
    with zipfile.ZipFile(file) as parts:
        sheet_xml = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet_xml
    row = load_workbook(file).worksheets[0][2]
    for cell in (row[1], row[3]):
        assert cell.data_type == "s"
        # XML readers turn a carriage return into a line feed.
        assert str(cell.value).replace("\n", "\r") == name.replace("\n", "\r")


def test_xlsx_drops_what_xml_cannot_hold() -> None:
    row = load_workbook(_xlsx([replace(ROW, full_name="Nguyễn\x01 An\x0b")])).worksheets[0][2]
    assert row[1].value == "Nguyễn An"


def test_file_names_carry_no_marks(contest: Catalogue) -> None:
    name = file_name(
        catalogue=contest,
        this_round=contest.rounds[0],
        kind=FileKind.XLSX,
        now=datetime(2025, 10, 21, 8, 30, tzinfo=UTC),
    )
    assert name == "ket-qua-cuoc-thi-nho-dot-1-20251021-1530.xlsx"


@pytest.fixture
def six(deeds: Flask, contest: Catalogue) -> list[Entry]:
    """Six people with results: the first and the last alone, four who share the second place."""
    start = datetime.now(UTC) - timedelta(hours=3)
    people = []
    for place, (wrong, seconds) in enumerate([(0, 100), (1, 100), (1, 100), (1, 100), (1, 100), (1, 101)]):
        entry = make_contestant(contest, now=start, name="Trần Thị Mẫu", unit=place)
        learn_all(entry, contest, now=start)
        sit(entry, contest, started=start, ended=start + timedelta(seconds=seconds), wrong=wrong, seed=place)
        people.append(entry)
    make_contestant(contest, now=start, name="Chưa Thi")
    return people


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches that end in the middle of a shared place."""
    monkeypatch.setattr(results, "_BATCH", 2)


@pytest.mark.usefixtures("small_batches")
def test_shared_places_are_shown_as_shared(six: list[Entry], contest: Catalogue) -> None:
    rows = list(result_rows(round_id=contest.rounds[0].id, catalogue=contest))
    assert [row.place for row in rows] == [1, 2, 2, 2, 2, 6]
    assert [row.unit_code for row in rows] == [unit.code for unit in contest.units]
    assert {row.questions for row in rows} == {contest.rules.exam.questions}
    assert [row.correct for row in rows] == [contest.rules.exam.questions - wrong for wrong in (0, 1, 1, 1, 1, 1)]
    assert people_ranked(round_id=contest.rounds[0].id) == len(six)


def test_the_best_attempt_and_how_many_there_were(six: list[Entry], contest: Catalogue) -> None:
    again = datetime.now(UTC) - timedelta(hours=2)
    last = db.session.get_one(Entry, six[-1].id)
    sit(last, contest, started=again, ended=again + timedelta(seconds=300), wrong=3)
    sit(last, contest, started=again + timedelta(minutes=10), ended=again + timedelta(seconds=650), wrong=0)
    best = list(result_rows(round_id=contest.rounds[0].id, catalogue=contest))[0]  # noqa: RUF015  read to the end
    assert (best.unit_code, best.time_used, best.attempts) == (contest.units[-1].code, 50, 3)


def test_a_file_given_up_half_way_leaves_nothing_open(six: list[Entry], contest: Catalogue) -> None:
    rows = result_rows(round_id=contest.rounds[0].id, catalogue=contest)
    assert next(rows).place == 1
    rows.close()  # an open cursor would be a ResourceWarning on Postgres, and so a failure
    db.session.commit()
    assert people_ranked(round_id=contest.rounds[0].id) == len(six)


@pytest.mark.parametrize("kind", FileKind)
def test_a_whole_file_from_the_database(six: list[Entry], contest: Catalogue, kind: FileKind) -> None:
    account = db.session.get_one(Account, six[0].account_id)
    account.full_name = "=1+1"
    db.session.commit()
    file = io.BytesIO()
    assert results.write_results(file, kind=kind, round_id=contest.rounds[0].id, catalogue=contest) == 6
    if kind is FileKind.CSV:
        lines = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))
        assert [len(lines), lines[1][1]] == [7, "'=1+1"]
    else:
        sheet = load_workbook(file).worksheets[0]
        assert [sheet.max_row, sheet["B2"].value, sheet["B2"].data_type] == [7, "=1+1", "s"]
