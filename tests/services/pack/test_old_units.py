"""old-units.csv: checked, loaded, written back; and in the shipped contest every old name finds its unit."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import OldUnit, Unit
from app.models.old_unit import Mapping
from app.rules.names import collation_key, fold
from app.rules.unit_search import MOST, NewUnit, OldWard, UnitSearch, bare_name, folded_name
from app.services.catalogue_reading import load_catalogue
from app.services.pack import Pack, export_pack, read_pack
from app.services.pack.contents import PackOldUnit
from tests.services.pack.conftest import SHIPPED, SMALL, Edit, fault_at_its_line, faults_of, load

FILE = "old-units.csv"
FIRST = 3  # choices that are seen without scrolling


def test_reads_the_small_file() -> None:
    lines = read_pack(SMALL).old_units
    assert len(lines) == 17
    assert lines[0] == PackOldUnit("Thị trấn Cát Bà", "Huyện Cát Hải", Mapping.WHOLE, "11914")
    split = [(line.mapping, line.code) for line in lines if line.name == "Phường Cầu Đất"]
    assert split == [(Mapping.MAIN_PART, "11383"), (Mapping.SPLIT, "11329")]


@pytest.mark.parametrize(
    "case",
    [
        ("Xã Gia Luận,Huyện Cát Hải", ",Huyện Cát Hãi", "Cát Hãi", "tên đơn vị cũ phải có từ 1 đến 80 ký tự"),
        ("Xã Gia Luận,", f"Xã {'a' * 80},", "Xã aaa", "tên đơn vị cũ phải có từ 1 đến 80 ký tự"),
        ("Gia Luận,Huyện", f"Gia Luận,{'a' * 80}", "Gia Luận", "tên huyện, quận cũ nhiều nhất 80 ký tự"),
        ("Gia Luận,Huyện Cát Hải,whole", "Gia Luận,Huyện Cát Hải,all", "Gia Luận", "“all” phải là một trong whole"),
        ("Gia Luận,Huyện Cát Hải,whole,11914", "Gia Luận,Huyện Cát Hải", "Gia Luận", "phải là một trong"),
        ("Gia Luận,Huyện Cát Hải,whole,11914", "Gia Luận,Huyện Cát Hải,whole,99999", "Gia Luận", "mang mã “99999”"),
        ("Xã Phù Long", "Xã Gia Luận", "Xã Gia Luận@2", "Xã Gia Luận về đơn vị 11914 đã có ở dòng 4"),
        ("split,11329", "split-default,11329", "11329", "Phường Cầu Đất: về một nơi thì ghi một dòng whole"),
        ("split,11329", "whole,11329", "11329", "Phường Cầu Đất: về một nơi"),
        ("Tre,Quận Ngô Quyền,whole", "Tre,Quận Ngô Quyền,split", "Cầu Tre", "Phường Cầu Tre: về một nơi"),
        ("old_name,", "name,", "name,", "dòng đầu thiếu cột old_name"),
    ],
)
def test_names_a_wrong_value_with_its_line(folder: Path, edit: Edit, case: tuple[str, str, str, str]) -> None:
    old, new, mark, text = case
    edit(FILE, old, new)
    fault_at_its_line(folder, FILE, mark, text)


def test_a_fault_in_the_list_of_units_is_told_there_only(folder: Path, edit: Edit) -> None:
    edit("units.csv", "10888,", "1088,")
    assert [fault.split(":")[0] for fault in faults_of(folder)] == ["units.csv"]


def test_bytes_that_are_not_utf8_and_strange_columns_are_told(folder: Path, edit: Edit) -> None:
    edit(FILE, "mapping,code", "mapping,code,ghi_chu")
    assert [str(remark) for remark in read_pack(folder).remarks] == [f"{FILE}:1: cột không được giữ: ghi_chu"]
    (folder / FILE).write_bytes((folder / FILE).read_bytes().replace(b"Tre", b"\xff"))
    assert faults_of(folder)[0].startswith(f"{FILE}:18: không phải chữ UTF-8")


def test_any_order_is_read_as_one(folder: Path) -> None:
    head, *lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    (folder / FILE).write_text("\n".join([head, *sorted(lines, reverse=True), ""]), encoding="utf-8")
    assert read_pack(folder) == read_pack(SMALL)


@pytest.mark.usefixtures("database")
def test_a_contest_without_the_file_has_none_and_writes_none(folder: Path, tmp_path: Path) -> None:
    (folder / FILE).unlink()
    pack = read_pack(folder)
    assert pack.old_units == ()
    contest = load(pack)
    assert load_catalogue(db.session(), contest).old_wards == ()
    export_pack(contest, tmp_path / "out")
    assert not (tmp_path / "out" / FILE).exists()


@pytest.mark.usefixtures("database")
def test_the_table_follows_the_file() -> None:
    pack = read_pack(SMALL)
    contest = load(pack)
    rows = db.session.scalars(select(OldUnit).where(OldUnit.search == "cau dat").order_by(OldUnit.mapping.desc())).all()
    assert [(row.name, row.district, row.mapping, row.unit.code) for row in rows] == [
        ("Phường Cầu Đất", "Quận Ngô Quyền", Mapping.MAIN_PART, "11383"),
        ("Phường Cầu Đất", "Quận Ngô Quyền", Mapping.SPLIT, "11329"),
    ]
    assert contest.content_version == 1
    changed = tuple(
        replace(line, mapping=Mapping.WHOLE) if line.name == "Phường Cầu Đất" else line
        for line in pack.old_units
        if line.mapping is not Mapping.SPLIT
    )
    contest = load(replace(pack, old_units=changed))
    assert contest.content_version == 2
    assert db.session.scalar(select(func.count()).select_from(OldUnit)) == 16
    assert {ward.codes for ward in load_catalogue(db.session(), contest).old_wards if ward.search == "cau dat"} == {
        ("11383",)
    }


@pytest.mark.usefixtures("database")
def test_a_unit_that_leaves_takes_its_old_wards_along() -> None:
    pack = read_pack(SMALL)
    load(pack)
    units = tuple(unit for unit in pack.units if unit.code != "11914")
    load(replace(pack, units=units, old_units=tuple(line for line in pack.old_units if line.code != "11914")))
    assert db.session.scalar(select(func.count()).select_from(OldUnit)) == 12
    assert db.session.scalar(select(func.count()).select_from(Unit)) == 5


@pytest.mark.usefixtures("database")
def test_the_catalogue_holds_wards_whole_with_the_main_part_first() -> None:
    wards = load_catalogue(db.session(), load(read_pack(SMALL))).old_wards
    assert len(wards) == 16
    assert OldWard("Phường Cầu Đất", "Quận Ngô Quyền", "cau dat", ("11383", "11329")) in wards


# The shipped contest: 375 old wards of Hải Phòng and Hải Dương.


@pytest.fixture(scope="module")
def shipped() -> Pack:
    return read_pack(SHIPPED)


@pytest.fixture(scope="module")
def wards(shipped: Pack) -> list[OldWard]:
    codes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in shipped.old_units:
        codes[line.name, line.district].append(line.code)
    return [OldWard(name, place, folded_name(name), tuple(found)) for (name, place), found in codes.items()]


@pytest.fixture(scope="module")
def search(shipped: Pack, wards: list[OldWard]) -> UnitSearch:
    units = sorted(shipped.units, key=lambda unit: collation_key(unit.name))
    return UnitSearch([NewUnit(unit.code, unit.name, collation_key(unit.name)) for unit in units], wards)


def first(search: UnitSearch, typed: str) -> list[str]:
    """Codes of the choices that are seen at once."""
    found = search.search(typed)
    assert len(found.choices) <= MOST
    return [choice.code for choice in found.choices[:FIRST]]


def test_every_old_ward_is_there(shipped: Pack, wards: list[OldWard]) -> None:
    assert len(wards) == 375
    assert sum(ward.is_split for ward in wards) == 72
    assert Counter(line.mapping for line in shipped.old_units) == {
        Mapping.WHOLE: 303,
        Mapping.MAIN_PART: 72,
        Mapping.SPLIT: 79,
    }
    assert {line.code for line in shipped.old_units} == {unit.code for unit in shipped.units}


def ways(ward: OldWard) -> dict[str, str]:
    """How people type the name of a ward alone."""
    return {
        "as it is": bare_name(ward.name),
        "without marks": fold(bare_name(ward.name)),
        "with its kind": ward.name,
        "with its kind, without marks": fold(ward.name),
        "in capitals": bare_name(ward.name).upper(),
    }


@pytest.mark.parametrize(
    "way", ["as it is", "without marks", "with its kind", "with its kind, without marks", "in capitals"]
)
def test_every_old_name_finds_a_right_unit_among_the_first_three(
    search: UnitSearch, wards: list[OldWard], way: str
) -> None:
    """Thirty names stood in several districts: by the name alone a unit of any of these wards is right. Marks that
    were typed must be the ward's own: Tứ Cường is not Tự Cường."""
    marked = "without" not in way
    right: dict[str, set[str]] = defaultdict(set)
    for ward in wards:
        right[bare_name(ward.name) if marked else ward.search] |= set(ward.codes)
    lost = [
        ward
        for ward in wards
        if not right[bare_name(ward.name) if marked else ward.search].intersection(first(search, ways(ward)[way]))
    ]
    assert lost == []


@pytest.mark.parametrize(
    "typed",
    [
        lambda ward: f"{bare_name(ward.name)} {bare_name(ward.district)}",
        lambda ward: fold(f"{bare_name(ward.name)} {bare_name(ward.district)}"),
        lambda ward: f"{ward.name}, {ward.district}",
        lambda ward: fold(f"{ward.name} {ward.district}"),
    ],
    ids=["names", "names without marks", "with kinds", "with kinds, without marks"],
)
def test_with_its_district_every_old_ward_finds_all_its_own_units_first(
    search: UnitSearch, wards: list[OldWard], typed: Callable[[OldWard], str]
) -> None:
    lost = [ward for ward in wards if not set(ward.codes) <= set(first(search, typed(ward)))]
    assert lost == []


def test_every_new_name_finds_its_unit_first(shipped: Pack, search: UnitSearch) -> None:
    for unit in shipped.units:
        assert first(search, unit.name)[0] == unit.code
        assert first(search, f"{unit.type.label} {unit.name}")[0] == unit.code
        assert unit.code in first(search, fold(unit.name))[:2]  # Cẩm Giang and Cẩm Giàng are one without marks


def test_split_wards_name_themselves_beside_each_of_their_units(search: UnitSearch, wards: list[OldWard]) -> None:
    for ward in wards:
        if ward.is_split:
            found = search.search(f"{ward.name}, {ward.district}")
            asked = {choice.code: choice.asked for choice in found.choices}
            assert set(ward.codes) <= set(asked)
            assert all(ward in asked[code] for code in ward.codes), ward.name
