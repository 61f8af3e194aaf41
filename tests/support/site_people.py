"""Contestants of the site laws, one in every state that a page can show; World.places says what leads there."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from app.extensions import db
from app.models import Account, Attempt, Channel, Claim, Consent, Entry, Purpose, RequestKind, Story
from app.rules.contest import StoryKind
from app.services.certify import certify
from app.services.data_requests import carry_out, extend
from app.services.exam_save import Sheet, save_answers
from app.services.recovery_code import recovery_code
from app.web.portal import keyring
from tests.support.claims import make_claim
from tests.support.earlier import to_earlier_contest
from tests.support.numbers import unsealed
from tests.support.people import begin, holder_of, learn_all, make_contestant, right_answers, sit
from tests.support.requests import make_request
from tests.support.results import make_final, make_invalidation
from tests.support.site_world import World
from tests.support.stories import decide, make_story

MARKUP = 'Tôi viết <b style="color:red" onclick="x()">đậm</b> và <script>alert(1)</script> cho vui'
LONG = " ".join(["Tôi dạy mẹ xem bảo hiểm trên điện thoại, mẹ vui cả tuần."] * 40)


def _person(world: World, name: str, *, on_boards: bool = True) -> Entry:
    return make_contestant(world.contest, now=world.now - timedelta(days=1), name=name, on_boards=on_boards)


def _newcomer(world: World) -> Account:
    """Has registered, and forgets the password later."""
    entry = _person(world, "Phạm Thị Mới")
    account = entry.account
    world.places["claim"] = make_claim(entry, world.contest, now=world.now - timedelta(hours=5)).id
    world.places |= {"newcomer": entry.id, "taken": unsealed(account)}
    world.places["recovery"] = recovery_code(account, keyring())
    return account


def _learnt(world: World, name: str, *, on_boards: bool = True) -> Entry:
    entry = _person(world, name, on_boards=on_boards)
    learn_all(entry, world.contest, now=world.now - timedelta(hours=20))
    return entry


def _learner(world: World) -> Account:
    """May sit the exam."""
    return _learnt(world, "Vũ Văn Học").account


def _sitter(world: World) -> Account:
    """In the exam, nothing chosen yet."""
    entry = _learnt(world, "Hoàng Thị Thi")
    world.places["open"] = begin(entry, world.contest, now=world.now, seed=3).id
    return entry.account


def _thorough(world: World) -> Account:
    """In the exam, every question answered and saved."""
    entry = _learnt(world, "Đặng Văn Kỹ")
    attempt = begin(entry, world.contest, now=world.now, seed=3)
    sheet = Sheet(right_answers(attempt, world.contest), "trang", 1, 0)
    holder = holder_of(entry.account_id, now=world.now)
    save_answers(holder=holder, attempt_id=attempt.id, sheet=sheet, now=world.now)
    world.places["full"] = attempt.id
    return entry.account


def _late(world: World) -> Account:
    """Left the exam; time is over, nobody has closed it."""
    entry = _learnt(world, "Bùi Thị Muộn")
    world.places["late"] = begin(entry, world.contest, now=world.now - timedelta(hours=2), seed=3).id
    return entry.account


def _sat(world: World, name: str, *, on_boards: bool = True) -> tuple[Entry, Attempt]:
    entry = _learnt(world, name, on_boards=on_boards)
    started = world.now - timedelta(hours=3)
    return entry, sit(entry, world.contest, started=started, ended=started + timedelta(minutes=8), wrong=2)


def _tell(world: World, entry: Entry, body: str) -> Story:
    return make_story(entry, world.contest, now=world.now, kind=StoryKind.STORY, body=body)


def _publish(world: World, story: Story) -> None:
    decide(story, world.contest, world.organiser, now=world.now)


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
    _publish(world, story)
    world.places["nameless"] = story.id
    return entry.account


def _refused(world: World) -> Account:
    """The story was refused."""
    entry, _ = _sat(world, "Lý Văn Sửa")
    story = _tell(world, entry, "Gọi cho tôi số điện thoại này nhé")
    reason = "Bài có thông tin riêng tư <b>như</b> số điện thoại."
    decide(story, world.contest, world.organiser, now=world.now, publish=False, reason=reason)
    world.places["refused"] = story.id
    return entry.account


def _certified(world: World, name: str = "Nguyễn Thị Hồng Ánh", place: str = "code") -> Account:
    """Has everything."""
    entry, _ = _sat(world, name)
    story = _tell(world, entry, f"{name}: học số để sống vui mỗi ngày")
    _publish(world, story)
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
    begin(entry, world.contest, now=world.now, seed=3)
    for kind, days in (("delete", 40), ("copy", 3), ("correct", 3), ("restrict", 0)):
        at = world.now - timedelta(days=days)
        text = "Tên tôi viết thiếu dấu <b>sắc</b>." if kind == "correct" else ""
        request = make_request(entry, world.contest, RequestKind(kind), now=at, text=text)
        world.places[f"request_{kind}"] = request.id
        which = {"request_id": request.id, "contest_id": world.contest.contest_id, "actor_id": world.organiser.id}
        if kind == "copy":
            carry_out(**which, answer="Đã in cho bạn.", now=world.now)
        if kind == "correct":
            extend(**which, reason="Cần xem thẻ.", zone=world.contest.rules.zone, now=world.now)
    db.session.commit()
    return entry.account


def _from_before(world: World) -> Account:
    """Has an account from an earlier contest, and has not entered this one."""
    entry = _person(world, "Đinh Thị Xưa")
    to_earlier_contest(entry, unit=world.contest.units[0].code)
    return entry.account


STATES: dict[str, Callable[[World], Account]] = {
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
    "from_before": _from_before,
    "entering": _from_before,
    "unprintable": lambda world: _certified(world, "李 An", "unprintable"),
}
