"""groups.csv: groups within units. Read and checked, written back, brought into its table."""

import re
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Contest, Entry, Group, GroupKind, Unit
from app.rules.names import collation_key
from app.services.groups import typed_join_code
from app.services.pack.contents import PackGroup
from app.services.pack.csv_files import CsvFile, Row
from app.services.pack.faults import Findings
from app.services.pack.rows import Changes

GROUPS = CsvFile("groups.csv", ("code", "kind", "name", "join_code"), needed=4)
_Key = tuple[str, GroupKind, str]


def in_order(lines: Iterable[PackGroup]) -> tuple[PackGroup, ...]:
    """By unit, kind and name, as in a dictionary."""
    return tuple(sorted(lines, key=lambda line: (line.code, line.kind, collation_key(line.name), line.name)))


def read_groups(root: Path, codes: set[str] | None, findings: Findings) -> tuple[PackGroup, ...]:
    """The lines of the file; none without it. `codes`: the units there are, None when that is not sure."""
    rows = GROUPS.read(root, findings) or ()
    found = [(line, number) for number, row in rows if (line := _read_line(row, number, codes, findings))]
    _check_twice(found, findings)
    return in_order(line for line, _ in found)


def _read_line(row: Row, number: int, codes: set[str] | None, findings: Findings) -> PackGroup | None:
    before = len(findings.faults)
    code, kind, name, typed = GROUPS.cells(row)
    join_code = typed_join_code(typed)
    if codes is not None and code not in codes:
        findings.fault(GROUPS.name, number, f"không có đơn vị nào mang mã “{code}” trong danh sách đơn vị")
    if kind not in list(GroupKind):
        findings.fault(GROUPS.name, number, f"loại “{kind}” phải là một trong {', '.join(GroupKind)}")
    if not 1 <= len(name) <= 120:
        findings.fault(GROUPS.name, number, "tên nhóm phải có từ 1 đến 120 ký tự")
    if join_code and not re.fullmatch(r"[0-9A-Z]{4,12}", join_code):
        findings.fault(GROUPS.name, number, f"mã vào nhóm “{typed}” phải có từ 4 đến 12 chữ cái không dấu hoặc chữ số")
    return PackGroup(code, GroupKind(kind), name, join_code or None) if len(findings.faults) == before else None


def _check_twice(found: list[tuple[PackGroup, int]], findings: Findings) -> None:
    names: dict[_Key, int] = {}
    join_codes: dict[str, int] = {}
    for line, number in found:
        if earlier := names.get(_key(line)):
            findings.fault(GROUPS.name, number, f"{line.kind.label} {line.name} đã có ở dòng {earlier}")
        names.setdefault(_key(line), number)
        if line.join_code is None:
            continue
        if earlier := join_codes.get(line.join_code):
            findings.fault(GROUPS.name, number, f"mã vào nhóm {line.join_code} đã có ở dòng {earlier}")
        join_codes.setdefault(line.join_code, number)


def _key(line: PackGroup) -> _Key:
    return line.code, line.kind, line.name


def groups_text(lines: Iterable[PackGroup]) -> str:
    """The file, in canonical form."""
    return GROUPS.text([line.code, line.kind.value, line.name, line.join_code or ""] for line in in_order(lines))


def load_groups(contest: Contest, lines: Iterable[PackGroup], units: dict[str, Unit], changes: Changes) -> None:
    """Bring the table into line; `units` by code. A group is found by its name, else in its unit by its join code.

    One that left the pack stays while somebody is in it, without its code.
    """
    rows = {(row.unit.code, row.kind, row.name): row for row in _rows(contest)}
    pairs = [(line, rows.pop(_key(line), None)) for line in lines]
    by_code: dict[tuple[str, str | None], _Key] = {
        (row.unit.code, row.join_code): key for key, row in rows.items() if row.join_code
    }
    for place, (line, row) in enumerate(pairs):
        if row is None and (line.code, line.join_code) in by_code:
            pairs[place] = line, rows.pop(by_code[line.code, line.join_code])
    joined = set(db.session.scalars(select(Entry.group_id).where(Entry.group_id.in_(r.id for r in rows.values()))))
    for row in rows.values():
        if row.id in joined:
            changes.update(row, {"join_code": None})
        else:
            changes.delete(row)
    for line, known in pairs:
        if known is not None and known.join_code not in (None, line.join_code):
            changes.update(known, {"join_code": None})
    db.session.flush()  # before others get the names and codes that have become free
    for line, known in pairs:
        values = {"kind": line.kind, "name": line.name, "join_code": line.join_code}
        values["sort_key"] = collation_key(line.name)
        changes.put(known, Group, {"contest_id": contest.id, "unit": units[line.code]}, values)


def groups_of(contest: Contest) -> tuple[PackGroup, ...]:
    """What stands in the table."""
    return in_order(PackGroup(row.unit.code, row.kind, row.name, row.join_code) for row in _rows(contest))


def _rows(contest: Contest) -> list[Group]:
    query = select(Group).where(Group.contest_id == contest.id).options(joinedload(Group.unit)).order_by(Group.id)
    return list(db.session.scalars(query))
