"""A folder → Pack. Reads everything, then refuses with every fault at once."""

import re
from collections import Counter
from pathlib import Path

from app.models.question import Pool
from app.models.unit import UnitType
from app.services.pack.contents import Pack, PackPage, PackTopic, PackUnit
from app.services.pack.contest_file import FILE as CONTEST_FILE
from app.services.pack.contest_file import ContestFile
from app.services.pack.csv_files import CsvFile, Row
from app.services.pack.faults import Fault, Findings, PackFaults
from app.services.pack.groups import GROUPS, read_groups
from app.services.pack.old_units import OLD_UNITS, read_old_units
from app.services.pack.prose import check_prose, split_front
from app.services.pack.reading_questions import POOL_FOLDERS, Found, read_questions
from app.services.pack.reading_topics import read_topics, topic_slugs
from app.services.pack.texts import SLUG, Toml, read_text

UNITS = CsvFile("units.csv", ("code", "type", "name", "population", "cluster"), needed=3)
REQUIRED_PAGES = ("the-le", "huong-dan", "quyen-rieng-tu")
_MAX_POPULATION = 100_000_000


def read_pack(path: Path) -> Pack:
    """The contest in this folder.

    Raises PackFaults with every fault found, each with file and line.
    """
    if not path.is_dir():
        raise PackFaults([Fault(path.name, 1, "không có thư mục này; xem lại đường dẫn")])
    findings = Findings()
    contest = ContestFile(path, findings, topics=topic_slugs(path))
    units = _read_units(path, findings)
    codes = None if findings.faulty(UNITS.name) else {unit.code for unit in units}
    old_units = read_old_units(path, codes, findings)
    groups = read_groups(path, codes, findings)
    topics = read_topics(path, findings)
    questions = [q for pool in POOL_FOLDERS for q in read_questions(path, pool, topics, findings)]
    pages = _read_pages(path, findings)
    _check_ids(questions, findings)
    _check_quota(contest, topics, questions, findings)
    _name_strangers(path, questions, findings)
    if findings.faults or contest.head is None:
        raise PackFaults(findings.faults)
    kept = tuple(q.question for q in questions)
    remarks = tuple(sorted(findings.remarks))
    return Pack(contest.head, contest.rules, contest.rounds, units, topics, kept, pages, remarks, old_units, groups)


def _read_units(root: Path, findings: Findings) -> tuple[PackUnit, ...]:
    if not (root / UNITS.name).is_file():
        findings.fault(UNITS.name, 1, "thiếu tệp danh sách đơn vị")
    rows = UNITS.read(root, findings)
    if rows is None:
        return ()
    seen: dict[str, int] = {}
    units = [_read_unit(row, number, seen, findings) for number, row in rows]
    if not units:
        findings.fault(UNITS.name, 1, "chưa có đơn vị nào")
    return tuple(sorted((unit for unit in units if unit), key=lambda unit: unit.code))


def _read_unit(row: Row, line: int, seen: dict[str, int], findings: Findings) -> PackUnit | None:
    before = len(findings.faults)
    code, kind, name, population, cluster = UNITS.cells(row)
    if not re.fullmatch(r"[0-9]{5}", code):
        findings.fault(UNITS.name, line, f"mã đơn vị “{code}” phải có đúng 5 chữ số, giữ cả số 0 ở đầu")
    elif code in seen:
        findings.fault(UNITS.name, line, f"mã đơn vị {code} đã có ở dòng {seen[code]}")
    seen.setdefault(code, line)
    if kind not in list(UnitType):
        findings.fault(UNITS.name, line, f"loại “{kind}” phải là một trong {', '.join(UnitType)}")
    if not 1 <= len(name) <= 80:
        findings.fault(UNITS.name, line, "tên đơn vị phải có từ 1 đến 80 ký tự")
    if population and not (re.fullmatch(r"[0-9]{1,9}", population) and 0 < int(population) <= _MAX_POPULATION):
        findings.fault(
            UNITS.name, line, f"dân số “{population}” phải là số nguyên dương, không dấu chấm; hoặc để trống"
        )
    if len(cluster) > 80:
        findings.fault(UNITS.name, line, "tên cụm thi đua nhiều nhất 80 ký tự")
    if None in row.values() and row.get("name") is None:
        findings.fault(UNITS.name, line, "dòng thiếu cột")
    if len(findings.faults) > before:
        return None
    return PackUnit(code, UnitType(kind), name, int(population) if population else None, cluster or None)


def _read_pages(root: Path, findings: Findings) -> tuple[PackPage, ...]:
    for slug in REQUIRED_PAGES:
        if not (root / "pages" / f"{slug}.md").is_file():
            findings.fault(f"pages/{slug}.md", 1, "thiếu trang này")
    pages = [_read_page(path, findings) for path in sorted((root / "pages").glob("*.md"))]
    return tuple(page for page in pages if page)


def _read_page(path: Path, findings: Findings) -> PackPage | None:
    file = f"pages/{path.name}"
    if not SLUG.fullmatch(path.stem) or len(path.stem) > 80:
        findings.fault(file, 1, "tên trang chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối")
    text = read_text(path, file, findings)
    if text is None:
        return None
    front = split_front(text)
    if front is None:
        findings.fault(file, 1, 'đầu tệp phải có +++, dòng title = "…", rồi +++')
        return None
    check_prose(text, front[1], file, findings)
    toml = Toml(front[0], file, findings, first_line=2)
    if toml.tables is None:
        return None
    table = toml.table()
    title = table.text("title", 200)
    table.finish()
    return PackPage(path.stem, title, front[1])


def _check_ids(questions: list[Found], findings: Findings) -> None:
    first: dict[str, Found] = {}
    for found in questions:
        earlier = first.setdefault(found.question.ref, found)
        if earlier is not found:
            where = f"{earlier.file}:{earlier.line}"
            findings.fault(found.file, found.line, f"id “{found.question.ref}” đã dùng ở {where}; mỗi câu một id riêng")


def _check_quota(
    contest: ContestFile, topics: tuple[PackTopic, ...], questions: list[Found], findings: Findings
) -> None:
    held = Counter((f.question.topic, f.question.difficulty) for f in questions if f.question.pool is Pool.EXAM)
    folders = {topic.slug: topic.folder for topic in topics}
    for (topic, difficulty), wanted in contest.rules.exam.quota.items():
        # A bank with faults holds fewer questions than it will when they are mended.
        if topic in folders and findings.faulty(f"{POOL_FOLDERS[Pool.EXAM]}/{folders[topic]}.gift"):
            continue
        if wanted > held[topic, difficulty]:
            path = ("exam", "quota", topic, difficulty)
            contest.toml.fault(path, f"cần {wanted} câu nhưng ngân hàng chỉ có {held[topic, difficulty]}")


def _name_strangers(root: Path, questions: list[Found], findings: Findings) -> None:
    known = {CONTEST_FILE, *(table.name for table in (UNITS, OLD_UNITS, GROUPS))}
    known |= {found.picture for found in questions if found.picture}
    for path in sorted(root.rglob("*")):
        file = path.relative_to(root).as_posix()
        ours = re.fullmatch(
            r"pages/[^/]+\.md|topics/[^/]+/(topic\.toml|[^/]+\.(md|svg))|(questions|practice)/[^/]+\.gift", file
        )
        hidden = file.startswith(".") or "/." in file  # what file managers and git leave behind
        if path.is_file() and file not in known and not ours and not hidden:
            findings.remark(file, 1, "tệp này không thuộc gói nên không được giữ")
