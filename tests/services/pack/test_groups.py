"""groups.csv: checked, loaded, written back; people stay in the groups they are in."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Group, GroupKind
from app.services.catalogue_reading import load_catalogue
from app.services.pack import export_pack, read_pack
from app.services.pack.contents import PackGroup
from tests.services.pack.conftest import SMALL, Edit, fault_at_its_line, load
from tests.support.people import bare_entry

FILE = "groups.csv"
SCHOOL = PackGroup("11329", GroupKind.SCHOOL, "THCS Ngô Quyền", "NQTHCS")


def test_reads_the_small_file() -> None:
    groups = read_pack(SMALL).groups
    assert len(groups) == 5
    assert groups[0] == PackGroup("11329", GroupKind.VILLAGE, "Đông", None)
    assert SCHOOL in groups


@pytest.mark.parametrize(
    "case",
    [
        ("11329,thon,Đông", "99999,thon,Đông", "Đông", "không có đơn vị nào mang mã “99999”"),
        ("thon,Đông", "lang,Đông", "Đông", "loại “lang” phải là một trong to_dan_pho, thon"),
        ("thon,Đông", "thon,", "thon,", "tên nhóm phải có từ 1 đến 120 ký tự"),
        ("thon,Đông", f"thon,{'a' * 121}", "thon,", "tên nhóm phải có từ 1 đến 120 ký tự"),
        ("NQ01", "NQ1", "NQ1", "mã vào nhóm “NQ1” phải có từ 4 đến 12"),
        ("NQ01", "MÃ 01", "MÃ 01", "mã vào nhóm “MÃ 01” phải có"),
        ("LCUB", "nq-01", "nq-01", "mã vào nhóm NQ01 đã có ở dòng 3"),
        ("số 2", "số 1", "số 1@2", "Tổ dân phố số 1 đã có ở dòng 3"),
        ("code,", "unit,", "unit,", "dòng đầu thiếu cột code"),
    ],
)
def test_names_a_wrong_value_with_its_line(folder: Path, edit: Edit, case: tuple[str, str, str, str]) -> None:
    old, new, mark, text = case
    edit(FILE, old, new)
    fault_at_its_line(folder, FILE, mark, text)


def test_a_code_is_kept_as_people_read_it_out(folder: Path, edit: Edit) -> None:
    edit(FILE, "NQTHCS", "nq-th cs")
    assert read_pack(folder) == read_pack(SMALL)


@pytest.mark.usefixtures("database")
def test_a_contest_without_the_file_has_none_and_writes_none(folder: Path, tmp_path: Path) -> None:
    (folder / FILE).unlink()
    contest = load(read_pack(folder))
    assert load_catalogue(db.session(), contest).groups == ()
    export_pack(contest, tmp_path / "out")
    assert not (tmp_path / "out" / FILE).exists()


@pytest.mark.usefixtures("database")
def test_the_catalogue_knows_groups_by_unit_and_by_code() -> None:
    catalogue = load_catalogue(db.session(), load(read_pack(SMALL)))
    unit = catalogue.units_by_code["11329"]
    names = [group.full_name for group in catalogue.groups_of[unit.id]]
    assert names == ["Thôn Đông", "Tổ dân phố số 1", "Tổ dân phố số 2", "Trường THCS Ngô Quyền"]
    assert catalogue.groups_by_join_code["NQTHCS"].unit_id == unit.id
    assert catalogue.units_by_code["10888"].id not in catalogue.groups_of


def rows() -> dict[int, tuple[str, str | None]]:
    return {row.id: (row.full_name, row.join_code) for row in db.session.scalars(select(Group))}


@pytest.mark.usefixtures("database")
def test_names_and_codes_may_change_and_change_places() -> None:
    pack = read_pack(SMALL)
    load(pack)
    before = rows()
    one, two = (next(g for g in pack.groups if g.name == name) for name in ("số 1", "số 2"))
    rest = tuple(group for group in pack.groups if group not in (one, two, SCHOOL))
    changed = (replace(one, join_code="NQTHCS"), replace(two, join_code="NQ01"), replace(SCHOOL, join_code="NQ02"))
    contest = load(replace(pack, groups=(*rest, *changed)))
    assert contest.content_version == 2
    assert rows().keys() == before.keys()
    assert {code: name for name, code in rows().values() if code} == {
        "NQTHCS": "Tổ dân phố số 1",
        "NQ01": "Tổ dân phố số 2",
        "NQ02": "Trường THCS Ngô Quyền",
        "LCUB": "Cơ quan UBND phường",
    }
    renamed = tuple(replace(group, name="số 10") if group.join_code == "NQTHCS" else group for group in changed)
    load(replace(pack, groups=(*rest, *renamed)))
    assert rows().keys() == before.keys()
    assert "Tổ dân phố số 10" in [name for name, _ in rows().values()]


@pytest.mark.usefixtures("database")
def test_a_group_that_left_goes_unless_somebody_is_in_it() -> None:
    pack = read_pack(SMALL)
    contest, now = load(pack), datetime.now(UTC)
    school = db.session.scalars(select(Group).where(Group.join_code == "NQTHCS")).one()
    db.session.add(bare_entry(contest.id, school.unit_id, now=now, group_id=school.id))
    db.session.commit()
    kept = tuple(group for group in pack.groups if group.code == "11383")
    load(replace(pack, groups=(*kept, PackGroup("11383", GroupKind.OFFICE, "Thuế", "NQTHCS"))))
    assert sorted(rows().values(), key=str) == [
        ("Cơ quan Thuế", "NQTHCS"),
        ("Cơ quan UBND phường", "LCUB"),
        ("Trường THCS Ngô Quyền", None),
    ]
