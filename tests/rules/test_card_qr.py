"""What scanners type: good and bad, of invented people with numbers that cannot be issued (province code 000)."""

import pytest

from app.rules.card_qr import Card, HealthCard, NotACard, read_card

NUMBER = "000189000017"  # a woman born in 1989, of no province
NAME = "Nguyễn Thị Mẫu"
REST = "01021989|Nữ|Số 1 phố Mẫu, Hải Phòng|05062021"
GOOD = Card(NUMBER, NAME, doubtful=False)
NAMELESS = Card(NUMBER, "", doubtful=False)

SCANS = {
    "2021, seven fields": (f"{NUMBER}|000000000|{NAME}|{REST}", GOOD),
    "no old number": (f"{NUMBER}||{NAME}|{REST}", GOOD),
    "an old number of twelve digits": (f"{NUMBER}|000111222333|{NAME}|{REST}", GOOD),
    "six fields": (f"{NUMBER}|{NAME}|{REST}", GOOD),
    "2024, relatives behind": (
        f"{NUMBER}|{NAME}|01021989|Nữ|Số 1 phố Mẫu|05072024|000054000001|Trần Văn Cha|000155000002|Lê Thị Mẹ",
        GOOD,
    ),
    "sex before the birth date": (f"{NUMBER}||{NAME}|Nữ|01021989|Hải Phòng|05062021", GOOD),
    "Enter and a tabulator behind": (f"{NUMBER}||{NAME}|{REST}\r\n\t", GOOD),
    "the scanner's own first words": (f"]Q3{NUMBER}||{NAME}|{REST}", GOOD),
    "a byte order mark": (f"\ufeff{NUMBER}||{NAME}|{REST}", GOOD),
    "decomposed letters": (f"{NUMBER}||Nguye\u0302\u0303n Thi\u0323 Ma\u0302\u0303u|{REST}", GOOD),
    "capitals": (f"{NUMBER}||NGUYỄN THỊ MẪU|{REST}", GOOD),
    "UTF-8 taken for Latin-1": (f"{NUMBER}||{NAME.encode().decode('latin-1')}|{REST}", GOOD),
    "Telex plays with the letters": (
        f"{NUMBER}||Nguyeexn Thij Maaxu|01021989|Nuwx|So 1|05062021",
        Card(NUMBER, "Nguyeexn Thij Maaxu", doubtful=False),
    ),
    "letters that the scanner could not say": (f"{NUMBER}||Nguy?n Th? M?u|01021989|N?|S? 1|05062021", NAMELESS),
    "digits only": (NUMBER, NAMELESS),
    "another year on the card": (f"{NUMBER}||{NAME}|01021990|Nữ|x|05062021", Card(NUMBER, NAME, doubtful=True)),
    "another sex on the card": (f"{NUMBER}||{NAME}|01021989|Nam|x|05062021", Card(NUMBER, NAME, doubtful=True)),
    "a birth date that is none": (f"{NUMBER}||{NAME}|99999999|Nữ", GOOD),
    "cut off": (f"{NUMBER}|000000000|", NAMELESS),
    "health insurance": ("GD4000000000017|4e677579e1bb856e20|01/02/1989|2|...", HealthCard),
    "health insurance, new": ("0000000017|4E677579E1BB856E|01/02/1989|2|...", HealthCard),
    "eleven digits": (f"{NUMBER[:-1]}||{NAME}|{REST}", NotACard),
    "letters between the digits": (f"000189o00017||{NAME}|{REST}", NotACard),
    "a name first": (f"{NAME}|{NUMBER}|{REST}", NotACard),
    "a link": ("https://example.vn/?so=000189000017", NotACard),
    "a passport's lines": ("P<VNMNGUYEN<<THI<MAU<<<<<<<<<<<<<<<<<<<<<<<<", NotACard),
    "nothing": ("", NotACard),
}


@pytest.mark.parametrize(("scan", "found"), SCANS.values(), ids=SCANS.keys())
def test_what_a_scanner_types(scan: str, found: Card | type[NotACard]) -> None:
    if isinstance(found, Card):
        assert read_card(scan) == found
        return
    with pytest.raises(NotACard) as fault:
        read_card(scan)
    assert fault.type is found


def test_nothing_else_leaves() -> None:
    """No address, date or relative is in what is returned."""
    card = read_card(f"{NUMBER}|000000000|{NAME}|{REST}|Trần Văn Cha")
    assert set(repr(card)) <= set(repr(GOOD))
    assert card.__slots__ == ("number", "name", "doubtful")


def test_a_flood_is_read_only_so_far() -> None:
    assert read_card(f"{NUMBER}|" + "x" * 1_000_000).name == ""
