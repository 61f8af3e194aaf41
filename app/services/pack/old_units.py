"""old-units.csv: where each old ward went. Read and checked, written back, brought into its table."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Contest, Unit
from app.models.old_unit import Mapping, OldUnit
from app.rules.names import collation_key
from app.rules.unit_search import folded_name
from app.services.pack.contents import PackOldUnit
from app.services.pack.csv_files import CsvFile, Row
from app.services.pack.faults import Findings
from app.services.pack.rows import Changes

OLD_UNITS = CsvFile("old-units.csv", ("old_name", "old_district", "mapping", "code"), needed=4)


def in_order(lines: Iterable[PackOldUnit]) -> tuple[PackOldUnit, ...]:
    """By district, then by name, as in a dictionary; of a split ward the main part first."""

    def key(line: PackOldUnit) -> tuple[object, ...]:
        place = collation_key(line.district), line.district, collation_key(line.name), line.name
        return *place, line.mapping.place, line.code

    return tuple(sorted(lines, key=key))


def read_old_units(root: Path, codes: set[str] | None, findings: Findings) -> tuple[PackOldUnit, ...]:
    """The lines of the file; none without it. `codes`: the units there are, None when that is not sure."""
    rows = OLD_UNITS.read(root, findings) or ()
    found = [(line, number) for number, row in rows if (line := _read_line(row, number, codes, findings))]
    _check_wards(found, findings)
    return in_order(line for line, _ in found)


def _read_line(row: Row, number: int, codes: set[str] | None, findings: Findings) -> PackOldUnit | None:
    before = len(findings.faults)
    name, district, mapping, code = OLD_UNITS.cells(row)
    if not (1 <= len(name) <= 80 and folded_name(name)):
        findings.fault(OLD_UNITS.name, number, "tên đơn vị cũ phải có từ 1 đến 80 ký tự")
    if len(district) > 80:
        findings.fault(OLD_UNITS.name, number, "tên huyện, quận cũ nhiều nhất 80 ký tự")
    if mapping not in list(Mapping):
        findings.fault(OLD_UNITS.name, number, f"“{mapping}” phải là một trong {', '.join(Mapping)}")
    if codes is not None and code not in codes:
        findings.fault(OLD_UNITS.name, number, f"không có đơn vị nào mang mã “{code}” trong danh sách đơn vị")
    return PackOldUnit(name, district, Mapping(mapping), code) if len(findings.faults) == before else None


def _check_wards(found: list[tuple[PackOldUnit, int]], findings: Findings) -> None:
    """An old ward went whole to one unit, or in parts to several, one of which took most of it."""
    wards: dict[tuple[str, str], list[tuple[PackOldUnit, int]]] = defaultdict(list)
    for line, number in found:
        ward = wards[line.name, line.district]
        if earlier := next((n for other, n in ward if other.code == line.code), None):
            findings.fault(OLD_UNITS.name, number, f"{line.name} về đơn vị {line.code} đã có ở dòng {earlier}")
        ward.append((line, number))
    for ward in wards.values():
        mappings = sorted(line.mapping for line, _ in ward)
        whole = mappings == [Mapping.WHOLE]
        parts = len(mappings) > 1 and mappings.count(Mapping.MAIN_PART) == 1 and Mapping.WHOLE not in mappings
        if not whole and not parts:
            line, number = ward[-1]
            advice = (
                "về một nơi thì ghi một dòng whole; chia nhiều nơi thì ghi một dòng split-default và các dòng split"
            )
            findings.fault(OLD_UNITS.name, number, f"{line.name}: {advice}")


def old_units_text(lines: Iterable[PackOldUnit]) -> str:
    """The file, in canonical form."""
    return OLD_UNITS.text([line.name, line.district, line.mapping.value, line.code] for line in in_order(lines))


def load_old_units(contest: Contest, lines: Iterable[PackOldUnit], units: dict[str, Unit], changes: Changes) -> None:
    """Bring the table into line; `units` by code. The relationship lets a row go before the unit that it refers to."""
    rows = {(row.name, row.district, row.unit.code): row for row in _rows(contest)}
    for line in lines:
        key = {"contest_id": contest.id, "name": line.name, "district": line.district, "unit": units[line.code]}
        values = {"mapping": line.mapping, "search": folded_name(line.name)}
        changes.put(rows.pop((line.name, line.district, line.code), None), OldUnit, key, values)
    for row in rows.values():
        changes.delete(row)


def old_units_of(contest: Contest) -> tuple[PackOldUnit, ...]:
    """What stands in the table."""
    return in_order(PackOldUnit(row.name, row.district, row.mapping, row.unit.code) for row in _rows(contest))


def _rows(contest: Contest) -> list[OldUnit]:
    query = select(OldUnit).where(OldUnit.contest_id == contest.id).options(joinedload(OldUnit.unit))
    return list(db.session.scalars(query))
