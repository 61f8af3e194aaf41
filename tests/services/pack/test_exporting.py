"""Check → load → export: the folder comes back byte for byte."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from app.extensions import db
from app.rules.contest import CertificateRules, ExamRules, PrivacyRules, RegistrationRules, StoryRules
from app.services.pack import FolderNotEmpty, export_pack, load_pack, read_pack, write_pack
from app.services.pack.contents import PackRound
from app.services.pack.contest_settings import keys_of
from tests.services.pack.conftest import SHIPPED, SMALL


def bytes_of(folder: Path) -> Mapping[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("source", [SMALL, SHIPPED], ids=["small", "shipped"])
@pytest.mark.usefixtures("database")
def test_a_loaded_pack_comes_back(source: Path, tmp_path: Path) -> None:
    pack = read_pack(source)
    assert pack.remarks == ()
    contest = load_pack(pack, make_current=True)
    contest.shifted_days = 30  # a shift is no content
    db.session.commit()
    db.session.expunge_all()
    export_pack(db.session.merge(contest), tmp_path / "out")
    assert bytes_of(tmp_path / "out") == bytes_of(source)


@pytest.mark.usefixtures("database")
def test_withdrawn_content_is_left_out(tmp_path: Path) -> None:
    pack = read_pack(SMALL)
    load_pack(pack, make_current=True)
    less = replace(pack, questions=tuple(q for q in pack.questions if q.ref != "nho-at-lt2"))
    contest = load_pack(less, make_current=True)
    db.session.commit()
    export_pack(contest, tmp_path / "out")
    assert read_pack(tmp_path / "out") == less


def test_settings_far_from_the_defaults_come_back(tmp_path: Path) -> None:
    pack = read_pack(SMALL)
    east = timezone(timedelta(hours=9))
    hours = PackRound('Đợt "một" \\', datetime(2025, 1, 6, 10, tzinfo=east), datetime(2025, 1, 13, 9, tzinfo=east))
    exam = replace(pack.rules.exam, shuffle=False, attempts_per_day=3, cooldown_minutes=15)
    story = replace(pack.rules.story, kinds=pack.rules.story.kinds[:1])
    registration = RegistrationRules(14, 0, date(2025, 10, 31))
    rules = replace(
        pack.rules,
        registration=registration,
        exam=exam,
        story=story,
        ranking=pack.rules.ranking[:1],
        time_zone="Asia/Tokyo",
    )
    changed = replace(pack, rules=rules, rounds=(hours, *pack.rounds))
    write_pack(changed, tmp_path / "out")
    assert read_pack(tmp_path / "out") == changed


def test_an_export_never_writes_over_anything(tmp_path: Path) -> None:
    (tmp_path / "thư.txt").write_text("của tôi", encoding="utf-8")
    with pytest.raises(FolderNotEmpty):
        write_pack(read_pack(SMALL), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thư.txt"]


@pytest.mark.parametrize(
    ("table", "shape"),
    [
        ("registration", RegistrationRules),
        ("exam", ExamRules),
        ("story", StoryRules),
        ("certificate", CertificateRules),
        ("privacy", PrivacyRules),
    ],
)
def test_every_setting_is_explained(table: str, shape: type) -> None:
    assert keys_of(table) == [member.name for member in fields(shape) if member.name != "quota"]
