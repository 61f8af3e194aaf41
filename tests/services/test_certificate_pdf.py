"""The certificate on paper: every mark of a name, one page, an address that verifies it, few bytes."""

import io
import json
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PageObject, PdfReader

from app.config import ROOT
from app.models import Certificate
from app.services import certificate_pdf as service
from app.services.catalogue import Catalogue
from app.services.certificate_pdf import NotPrinted, Sheet, Unprintable, certificate_pdf, sheet_of
from app.services.certificate_press import BOLD, PLAIN, fitting, press, qr_matrix
from app.services.readiness import FONT_FILES, FONTS

NAME = "Nguyễn Thị Hồng Ánh"
ADDRESS = "https://thi.example.gov.vn/xac-minh/7K3F9QXM2ABC"
SHEET = Sheet(
    code="7K3F9QXM2ABC",
    full_name=NAME,
    unit_name="Phường Lê Chân",
    contest="Công dân số Hải Phòng – sử dụng thông minh, sống an toàn",
    issuer="Ban Tổ chức Cuộc thi “Công dân số Hải Phòng – sử dụng thông minh, sống an toàn”",
    title="Giấy chứng nhận",
    wording="Đã hoàn thành Cuộc thi “Công dân số Hải Phòng – sử dụng thông minh, sống an toàn”",
    place="Hải Phòng",
    signatory_title="Trưởng Ban Tổ chức",
    signatory="Trần Văn Mẫu",
    issued_on=date(2025, 11, 3),
    address=ADDRESS,
)


def page_of(sheet: Sheet) -> PageObject:
    """The one page of this sheet's PDF."""
    (page,) = PdfReader(io.BytesIO(press(sheet))).pages
    return page


def runs(page: PageObject) -> list[tuple[str, float, float]]:
    """What is shown in one go: (text, x, y), the place in points from below on the left."""
    found: list[tuple[str, float, float]] = []

    def keep(text: str, around: list[float], place: list[float], _font: object, _size: float) -> None:
        if text.strip():
            found.append((text.strip(), around[4] + place[4], around[5] + place[5]))

    page.extract_text(visitor_text=keep)
    return found


def test_a_name_keeps_every_mark_and_stays_in_one_run() -> None:
    shown = [text for text, _, _ in runs(page_of(SHEET))]
    assert unicodedata.is_normalized("NFC", NAME)
    assert NAME in shown


def test_everything_that_the_contest_says_is_printed() -> None:
    text = page_of(SHEET).extract_text()
    for words in (
        SHEET.issuer,
        SHEET.title,
        SHEET.unit_name,
        SHEET.signatory_title,
        SHEET.signatory,
        "7K3F-9QXM-2ABC",
        "Hải Phòng, ngày 03 tháng 11 năm 2025",
        "không phải giải thưởng",
        ADDRESS,
    ):
        assert words in text
    assert SHEET.wording in " ".join(text.split())


def test_a_contest_that_the_wording_leaves_out_has_a_line_of_its_own() -> None:
    shown = [text for text, _, _ in runs(page_of(replace(SHEET, wording="Đã hoàn thành cuộc thi")))]
    assert SHEET.contest in shown
    assert SHEET.contest not in [text for text, _, _ in runs(page_of(SHEET)) if "Cuộc thi" in text]


def test_without_a_place_the_day_stands_alone() -> None:
    assert "Ngày 03 tháng 11 năm 2025" in page_of(replace(SHEET, place="")).extract_text()


def test_a4_landscape() -> None:
    box = page_of(SHEET).mediabox
    assert (round(box.width), round(box.height)) == (842, 595)


def test_only_our_fonts_draw_the_text_and_they_are_embedded() -> None:
    fonts = [font.get_object() for font in page_of(SHEET)["/Resources"]["/Font"].values()]  # type: ignore[index]
    embedded = {font["/BaseFont"].rpartition("+")[2] for font in fonts if "/FontDescriptor" in font}
    assert embedded == {PLAIN, BOLD, "LanToaFrame"}
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts if "/FontDescriptor" in font)


def test_the_fonts_that_a_start_asks_for_are_there_with_their_licence() -> None:
    assert {f"{PLAIN}.ttf", f"{BOLD}.ttf", "LanToaFrame.ttf"} == set(FONT_FILES)
    assert all((FONTS / name).is_file() for name in FONT_FILES)
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text("utf-8")


def test_the_picture_is_the_qr_code_of_the_printed_address() -> None:
    (picture,) = page_of(SHEET).images
    shown = Image.open(io.BytesIO(picture.data)).convert("L")
    matrix = qr_matrix(ADDRESS)
    assert shown.size == (4 * len(matrix), 4 * len(matrix))
    grey = shown.resize((len(matrix), len(matrix)), Image.Resampling.NEAREST).tobytes()
    assert [int(shade < 128) for shade in grey] == [dot for row in matrix for dot in row]


def test_the_printed_address_is_a_link() -> None:
    (link,) = [note.get_object() for note in page_of(SHEET)["/Annots"]]  # type: ignore[attr-defined]
    assert link["/A"]["/URI"] == ADDRESS


LONGEST = {
    "many words": ("Nguyễn Thị Hồng Ánh " * 4).strip(),
    "one word": "Ườ" * 40,
    "widest letters": "W" * 80,
}


@pytest.mark.parametrize("name", LONGEST.values(), ids=LONGEST.keys())
def test_eighty_letters_fit_between_the_frames(name: str) -> None:
    name = name.ljust(80, "m")[:80]
    sheet = replace(SHEET, full_name=name, unit_name="Phường " + "Ngã Ba Sông Cái " * 5 + "Lớn")
    shown = [run for run in runs(page_of(sheet)) if run[0] in name]
    assert " ".join(text for text, _, _ in shown) == name
    assert len(shown) <= 2
    # Centred on the page's middle, 421: where it begins far enough from the frame, it ends so too.
    assert all(75 <= left <= 421 for _, left, _ in shown)


def test_an_organiser_s_longest_texts_fit_on_one_page() -> None:
    long = "Công dân số Hải Phòng sử dụng thông minh sống an toàn " * 4
    sheet = replace(
        SHEET,
        contest=long[:200].strip(),
        issuer=long.strip(),
        wording=long.strip() + " và " + "Đã hoàn thành cuộc thi " * 5,
        title="Giấy chứng nhận hoàn thành chương trình",
        signatory_title=long[:60].strip(),
        signatory=long[:60].strip(),
        address="https://" + "rat-dai." * 10 + "example.gov.vn/xac-minh/7K3F9QXM2ABC",
    )
    assert sheet.contest in " ".join(page_of(sheet).extract_text().split())


def test_text_that_cannot_fit_is_refused_rather_than_printed_on_two_pages() -> None:
    with pytest.raises(NotPrinted):
        press(replace(SHEET, wording="Đã hoàn thành cuộc thi " * 400))


def test_type_shrinks_in_steps() -> None:
    steps = ((42.0, 1), (30.0, 1), (24.0, 2), (8.0, 1))
    assert fitting("Lê An", 680, steps) == 42.0
    assert fitting("Nguyễn Thị Hồng Ánh " * 2, 680, steps) == 30.0
    assert fitting("Nguyễn Thị Hồng Ánh " * 4, 680, steps) == 24.0
    assert fitting("m" * 80, 680, steps) == 8.0


@pytest.mark.parametrize("name", ["H'Ŏn Ñing", "Y Čuôr Êban", "Đặng Thị Ỹ Ượng", "Müller-Nguyễn"])
def test_names_of_minorities_and_foreigners_are_printed(name: str) -> None:
    assert name in [text for text, _, _ in runs(page_of(replace(SHEET, full_name=name)))]


def test_letters_that_the_font_lacks_are_named_and_nothing_is_printed() -> None:
    with pytest.raises(Unprintable) as refusal:
        certificate_pdf(replace(SHEET, full_name="李 An"))
    assert refusal.value.letters == "李"


def test_markup_in_a_name_is_only_text() -> None:
    assert "<b>An</b>" in page_of(replace(SHEET, full_name="<b>An</b>")).extract_text()


def test_the_same_sheet_is_printed_once_and_another_one_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[Sheet] = []

    def counting(sheet: Sheet) -> bytes:
        printed.append(sheet)
        return b"%PDF"

    monkeypatch.setattr("app.services.certificate_press.press", counting)
    service._printed.cache_clear()
    corrected = replace(SHEET, wording="Đã hoàn thành")
    for sheet in (SHEET, SHEET, corrected):
        certificate_pdf(sheet)
    service._printed.cache_clear()
    assert printed == [SHEET, corrected]


def test_at_most_25_kilobytes() -> None:
    assert len(press(SHEET)) <= 25_000


def test_the_day_is_the_contest_s_own(contest: Catalogue) -> None:
    certificate = Certificate(
        code="7K3F9QXM2ABC", full_name=NAME, unit_name="Xã An Lão", issued_at=datetime(2025, 11, 2, 18, tzinfo=UTC)
    )
    sheet = sheet_of(certificate=certificate, catalogue=contest, address=ADDRESS)
    assert sheet.issued_on == date(2025, 11, 3)
    assert (sheet.full_name, sheet.unit_name, sheet.contest) == (NAME, "Xã An Lão", contest.name)
    assert sheet.wording == contest.rules.certificate.wording


def test_a_portal_that_prints_nothing_does_not_load_the_press(tmp_path: Path) -> None:
    code = "import app, json, sys; print(json.dumps([m for m in ('xhtml2pdf', 'reportlab') if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
