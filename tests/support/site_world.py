"""People of the site laws: one in every state that a page can show, among an invented crowd."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace

from flask import Flask
from sqlalchemy import select, update

from app.extensions import db
from app.models import (
    Account,
    Attempt,
    Channel,
    Claim,
    Consent,
    Contest,
    Entry,
    Group,
    GroupKind,
    Purpose,
    RequestKind,
    Role,
    Session,
    Story,
)
from app.rules.contest import StoryKind
from app.services.catalogue import Catalogue
from app.services.certify import certify
from app.services.data_requests import ask, carry_out, extend
from app.services.demo import Wanted, fill
from app.services.exam_save import Sheet, save_answers
from app.services.exam_start import start_attempt
from app.services.recovery_code import recovery_code
from app.services.tell_story import decide_story, tell_story
from app.web.portal import keyring, portal
from tests.support.kiosks import code_for, enrol, make_kiosk, register_many
from tests.support.people import (
    PASSWORD,
    SECOND_FACTOR,
    holder_of,
    learn_all,
    make_claim,
    make_contestant,
    make_staff,
    right_answers,
    sit,
)
from tests.support.people import sign_in as sign_in_by_form
from tests.support.results import make_final, make_invalidation
from tests.support.visitor import Visitor

MARKUP = 'Tôi viết <b style="color:red" onclick="x()">đậm</b> và <script>alert(1)</script> cho vui'
LONG = " ".join(["Tôi dạy mẹ xem bảo hiểm trên điện thoại, mẹ vui cả tuần."] * 40)


@dataclass
class World:
    """`browsers` by role, each signed in as its person; `places` fills the addresses of scenes."""

    app: Flask
    contest: Catalogue
    organiser: Account
    now: datetime
    browsers: dict[str, Visitor] = field(default_factory=dict)
    places: dict[str, object] = field(default_factory=dict)
    staff: dict[str, Account] = field(default_factory=dict)


def open_house(app: Flask) -> World:
    """A portal with one organiser and nobody else."""
    with app.app_context():
        now = datetime.now(UTC)
        _group_somebody(portal().catalogues.get())
        world = World(app, portal().catalogues.get(), make_staff(Role.ORGANISER, now=now), now)
    world.browsers = {key: Visitor(app) for key in ("stranger", "arriving", "returning", "forgetful")}
    _sign_in(world, "organiser", world.organiser)
    topic = world.contest.topics[0]
    world.places |= {"unit": world.contest.units[0].code, "topic": topic.slug, "lesson": topic.lessons[0].slug}
    grouped = [world.contest.units_by_id[unit_id].code for unit_id in world.contest.groups_of]
    born = {"child": now.year - 10, "sixteen": now.year - 16}
    world.places |= {key: f"0312{year % 100:02d}000017" for key, year in born.items()}
    world.places["grouped"] = next(iter(grouped), world.contest.units[0].code)
    world.places["group"] = world.contest.groups[0].id
    return world


def _group_somebody(contest: Catalogue) -> None:
    """A contest without groups gets one, so that its pages are seen."""
    if contest.groups:
        return
    unit = contest.units[0]
    values = {"contest_id": contest.contest_id, "unit_id": unit.id, "kind": GroupKind.SCHOOL, "name": "Mẫu"}
    db.session.add(Group(**values, sort_key="1"))
    db.session.get_one(Contest, contest.contest_id).content_version += 1
    db.session.commit()


def _sign_in(world: World, key: str, account: Account) -> None:
    browser = Visitor(world.app)
    sign_in_by_form(browser, world.app, account)
    assert browser.status == 200, browser.text
    world.browsers[key] = browser


def furnish(world: World, crowd: SimpleNamespace) -> None:
    """A crowd, then one person in every state."""
    with world.app.app_context():
        _crowd(world, crowd)
        accounts = {key: make(world) for key, make in _STATES.items()}
    for key, account in accounts.items():
        _sign_in(world, key, account)
    with world.app.app_context():  # and one has been signed in since the morning
        mine = Session.account_id == accounts["anonymous"].id
        db.session.execute(update(Session).where(mine).values(created_at=world.now - timedelta(hours=3)))
        db.session.commit()
    _staff(world)
    _kiosks(world, accounts)


def _kiosks(world: World, accounts: dict[str, Account]) -> None:
    """A kiosk with nobody, one with each who may sign in there, and one that has registered too many."""
    people = {"kiosk_person": accounts["unprintable"], "kiosk_sitter": accounts["thorough"]}
    people |= {"kiosk_officer": world.staff["officer"], "kiosk_organiser": world.organiser}
    for key in ("kiosk", "kiosk_stopped", *people):
        browser = world.browsers[key] = Visitor(world.app)
        made = enrol(browser, world.app, world.contest)
        if key in people:
            sign_in_by_form(browser, world.app, people[key])
        else:
            world.places[key.removeprefix("kiosk_")] = made
    register_many(world.app, world.contest, int(str(world.places["stopped"])), 80, ago=timedelta())
    world.browsers["enrolling"] = Visitor(world.app)
    world.places["kiosk_code"] = code_for(world.app, world.contest)
    with world.app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.account_id == accounts["learner"].id)).one()
        world.places["token"] = make_kiosk(world.contest, entry, now=world.now)["token"]


def _staff(world: World) -> None:
    """An officer of the first unit and one of another, a judge, and two who have not proven their second factor."""
    with world.app.app_context():
        made = {
            "officer": make_staff(Role.OFFICER, now=world.now, phone="+84900000011"),
            "stranger_officer": make_staff(Role.OFFICER, now=world.now, phone="+84900000012", units=(1,)),
            "judge": make_staff(Role.JUDGE, now=world.now, phone="+84900000013"),
        }
        new = make_staff(now=world.now, phone="+84900000014")
    world.staff = made
    for key, account in made.items():
        _sign_in(world, key, account)
    _sign_in(world, "idle_officer", made["officer"])
    with world.browsers["idle_officer"].client.session_transaction() as session:
        session["seen"] = 0  # long ago
    for key, account in (("new_staff", new), ("half_staff", made["judge"])):
        browser = world.browsers[key] = Visitor(world.app)
        browser.visit("/dang-nhap").submit("Đăng nhập", identifier=account.phone, password=PASSWORD)
        assert browser.path.startswith(SECOND_FACTOR)


def _crowd(world: World, crowd: SimpleNamespace) -> None:
    fill(
        wanted=Wanted(**vars(crowd), seed=7),
        catalogue=world.contest,
        keyring=keyring(),
        password_hash=portal().passwords.hash(PASSWORD),
        now=world.now,
    )
    db.session.commit()


def _person(world: World, name: str, *, on_boards: bool = True) -> Entry:
    return make_contestant(world.contest, now=world.now - timedelta(days=1), name=name, on_boards=on_boards)


def _newcomer(world: World) -> Account:
    """Has registered, and forgets the password later."""
    entry = _person(world, "Phạm Thị Mới")
    account = entry.account
    assert account.citizen_cipher
    assert account.citizen_index
    world.places["claim"] = make_claim(entry, world.contest, now=world.now - timedelta(hours=5)).id
    world.places |= {"newcomer": entry.id, "taken": keyring().unseal(account.citizen_cipher, account.citizen_index)}
    world.places["recovery"] = recovery_code(account, keyring())
    return account


def _learnt(world: World, name: str, *, on_boards: bool = True) -> Entry:
    entry = _person(world, name, on_boards=on_boards)
    learn_all(entry, world.contest, now=world.now - timedelta(hours=20))
    return entry


def _learner(world: World) -> Account:
    """May sit the exam."""
    return _learnt(world, "Vũ Văn Học").account


def _open(world: World, entry: Entry, started: datetime) -> Attempt:
    attempt = start_attempt(
        entry_id=entry.id, account_id=entry.account_id, catalogue=world.contest, now=started, rng=Random(3)
    )
    db.session.commit()
    return attempt


def _sitter(world: World) -> Account:
    """In the exam, nothing chosen yet."""
    entry = _learnt(world, "Hoàng Thị Thi")
    world.places["open"] = _open(world, entry, world.now).id
    return entry.account


def _thorough(world: World) -> Account:
    """In the exam, every question answered and saved."""
    entry = _learnt(world, "Đặng Văn Kỹ")
    attempt = _open(world, entry, world.now)
    sheet = Sheet(right_answers(attempt, world.contest), "trang", 1, 0)
    holder = holder_of(entry.account_id, now=world.now)
    save_answers(holder=holder, attempt_id=attempt.id, sheet=sheet, now=world.now)
    world.places["full"] = attempt.id
    return entry.account


def _late(world: World) -> Account:
    """Left the exam; time is over, nobody has closed it."""
    entry = _learnt(world, "Bùi Thị Muộn")
    world.places["late"] = _open(world, entry, world.now - timedelta(hours=2)).id
    return entry.account


def _sat(world: World, name: str, *, on_boards: bool = True) -> tuple[Entry, Attempt]:
    entry = _learnt(world, name, on_boards=on_boards)
    started = world.now - timedelta(hours=3)
    return entry, sit(entry, world.contest, started=started, ended=started + timedelta(minutes=8), wrong=2)


def _tell(world: World, entry: Entry, body: str) -> Story:
    story = tell_story(
        entry_id=entry.id,
        kind=StoryKind.STORY,
        body=body,
        on_wall=True,
        rules=world.contest.rules.story,
        text_version="1",
        now=world.now,
    )
    db.session.commit()
    return story


def _decide(world: World, story: Story, *, publish: bool, reason: str = "") -> None:
    decide_story(
        story_id=story.id,
        contest_id=world.contest.contest_id,
        told_at=story.told_at,
        publish=publish,
        reason=reason,
        actor_id=world.organiser.id,
        now=world.now,
    )
    db.session.commit()


def _ready(world: World) -> Account:
    """Has done everything; the story waits, the certificate can be had."""
    entry, attempt = _sat(world, "Ngô Văn Sẵn")
    story = _tell(world, entry, MARKUP)
    world.places |= {"done": attempt.id, "waiting": story.id, "told_at": story.told_at.isoformat(), "ready": entry.id}
    return entry.account


def _claimant(world: World) -> Account:
    """Says that the newcomer's number is their own."""
    return db.session.scalars(select(Account).join(Claim, Claim.claimant_id == Account.id)).one()


def _anonymous(world: World) -> Account:
    """Published, without a name."""
    entry, _ = _sat(world, "Đỗ Thị Kín", on_boards=False)
    story = _tell(world, entry, LONG)
    _decide(world, story, publish=True)
    world.places["nameless"] = story.id
    return entry.account


def _refused(world: World) -> Account:
    """The story was refused."""
    entry, _ = _sat(world, "Lý Văn Sửa")
    story = _tell(world, entry, "Gọi cho tôi số điện thoại này nhé")
    _decide(world, story, publish=False, reason="Bài có thông tin riêng tư <b>như</b> số điện thoại.")
    world.places["refused"] = story.id
    return entry.account


def _certified(world: World, name: str = "Nguyễn Thị Hồng Ánh", place: str = "code") -> Account:
    """Has everything."""
    entry, _ = _sat(world, name)
    story = _tell(world, entry, f"{name}: học số để sống vui mỗi ngày")
    _decide(world, story, publish=True)
    certificate = certify(entry_id=entry.id, catalogue=world.contest, now=world.now)
    if place == "revoked":
        certificate.revoked_at, certificate.revoked_reason = world.now, "Bài thi do người khác làm hộ."
    db.session.commit()
    world.places |= {place: certificate.code, f"{place}_story": story.id, f"{place}_entry": entry.id}
    return entry.account


def _cheated(world: World) -> Account:
    """One result was taken out; it stands first in a final result that is not signed."""
    entry, attempt = _sat(world, "Mai Thị Gian")
    act = make_invalidation(entry, now=world.now, attempt=attempt)
    make_final(world.contest, now=world.now, first=attempt)
    world.places |= {"taken_out": act.id, "cheated": attempt.id}
    return entry.account


def _asker(world: World) -> Account:
    """Under 16, in the exam, and with a request in every state."""
    entry, _ = _sat(world, "Tạ Thị Hỏi")
    entry.guardian_name, entry.guardian_phone = "Tạ Văn Cha", "+84900000021"
    consent = Consent(entry_id=entry.id, purpose=Purpose.GUARDIAN, channel=Channel.SELF, given_at=world.now)
    consent.text_version = world.contest.rules_version
    db.session.add(consent)
    _open(world, entry, world.now)
    for kind, days in (("delete", 40), ("copy", 3), ("correct", 3), ("restrict", 0)):
        request = ask(
            account_id=entry.account_id,
            contest_id=world.contest.contest_id,
            kind=RequestKind(kind),
            text="Tên tôi viết thiếu dấu <b>sắc</b>." if kind == "correct" else "",
            zone=world.contest.rules.zone,
            now=world.now - timedelta(days=days),
        )
        world.places[f"request_{kind}"] = request.id
        which = {"request_id": request.id, "contest_id": world.contest.contest_id, "actor_id": world.organiser.id}
        if kind == "copy":
            carry_out(**which, answer="Đã in cho bạn.", now=world.now)
        if kind == "correct":
            extend(**which, reason="Cần xem thẻ.", zone=world.contest.rules.zone, now=world.now)
    db.session.commit()
    return entry.account


_STATES: dict[str, Callable[[World], Account]] = {
    "newcomer": _newcomer,
    "learner": _learner,
    "sitter": _sitter,
    "thorough": _thorough,
    "late": _late,
    "ready": _ready,
    "claimant": _claimant,
    "anonymous": _anonymous,
    "refused": _refused,
    "certified": _certified,
    "revoked": lambda world: _certified(world, "Trịnh Văn Hủy", "revoked"),
    "cheated": _cheated,
    "asker": _asker,
    "unprintable": lambda world: _certified(world, "李 An", "unprintable"),
}
