"""Every page in every state worth it: the table that the camera of tests/support/site.py shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Scene:
    """One request. `{names}` in path and fields are filled from World.places; a name that ends in ", large" is read in
    large type."""

    name: str
    who: str
    path: str
    status: int = 200
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    token: bool = True


def _get(name: str, who: str, path: str, status: int = 200, *, htmx: bool = False) -> Scene:
    return Scene(name, who, path, status, headers={"HX-Request": "true"} if htmx else {})


def _post(name: str, who: str, path: str, status: int, *, htmx: bool = False, **fields: str) -> Scene:
    return Scene(name, who, path, status, fields, {"HX-Request": "true"} if htmx else {}, "POST")


EMPTY = [
    _get("front, empty", "stranger", "/"),
    _get("units, empty", "stranger", "/bang-xep-hang"),
    _get("people, empty", "stranger", "/bang-xep-hang/ca-nhan"),
    _get("unit, empty", "stranger", "/bang-xep-hang/don-vi/{unit}"),
    _get("wall, empty", "stranger", "/lan-toa"),
    _get("desk, empty", "organiser", "/quan-tri"),
    _get("desk stories, empty", "organiser", "/quan-tri/chia-se"),
    _get("desk results, empty", "organiser", "/quan-tri/ket-qua"),
]

_PUBLIC = [
    _get("front", "stranger", "/"),
    _get("front, large", "stranger", "/"),
    _get("front, signed in", "certified", "/"),
    _get("rules", "stranger", "/the-le"),
    _get("guide", "stranger", "/huong-dan"),
    _get("privacy", "stranger", "/quyen-rieng-tu"),
    _get("larger type", "arriving", "/co-chu/lon?back=/the-le", 303),
    _get("topics", "stranger", "/hoc"),
    _get("topics, learner", "learner", "/hoc"),
    _get("topics, newcomer", "newcomer", "/hoc"),
    _get("topic", "stranger", "/hoc/{topic}"),
    _get("topic, learner", "learner", "/hoc/{topic}"),
    _get("lesson", "stranger", "/hoc/{topic}/{lesson}"),
    _get("lesson, large", "stranger", "/hoc/{topic}/{lesson}"),
    _get("lesson, to read", "newcomer", "/hoc/{topic}/{lesson}"),
    _get("lesson, read", "learner", "/hoc/{topic}/{lesson}"),
    _get("practice", "stranger", "/hoc/{topic}/{lesson}/luyen-tap"),
    _get("practice, answered", "stranger", "/hoc/{topic}/{lesson}/luyen-tap?c1=0&xem=1"),
    _get("practice part, answered", "stranger", "/hoc/{topic}/{lesson}/luyen-tap?c1=0&xem=1", htmx=True),
    _get("units", "stranger", "/bang-xep-hang"),
    _get("units by finishers", "stranger", "/bang-xep-hang?theo=hoan-thanh"),
    _get("people", "stranger", "/bang-xep-hang/ca-nhan"),
    _get("unit", "stranger", "/bang-xep-hang/don-vi/{unit}"),
    _get("wall", "stranger", "/lan-toa"),
    _get("story", "stranger", "/lan-toa/{code_story}"),
    _get("story, nameless", "stranger", "/lan-toa/{nameless}"),
    _get("verify", "stranger", "/xac-minh"),
    _get("verify, wrong", "stranger", "/xac-minh?ma=%3Cb%3E", 422),
    _get("verify, on", "stranger", "/xac-minh?ma={code}", 303),
    _get("verified", "stranger", "/xac-minh/{code}"),
    _get("verified, revoked", "stranger", "/xac-minh/{revoked}"),
    _get("verified, unknown", "stranger", "/xac-minh/%3Cb%3E0000", 404),
    _get("health", "stranger", "/healthz"),
]

_ACCOUNT = [
    _get("register", "stranger", "/dang-ky"),
    _post("register, nothing typed", "stranger", "/dang-ky", 422),
    _post(
        "register, all wrong",
        "stranger",
        "/dang-ky",
        422,
        full_name='<b onclick="x">',
        phone="12",
        citizen_id="123456789",
        unit="00000",
        password="1",
    ),
    _post(
        "register, taken",
        "stranger",
        "/dang-ky",
        422,
        full_name="Trần Văn Mẫu",
        phone="0900000001",
        citizen_id="{taken}",
        unit="{unit}",
        password="hoa phượng tháng năm",
        consent_contest="y",
    ),
    _get("register, unit chosen", "stranger", "/dang-ky?don-vi={unit}"),
    _get("register part, unit chosen", "stranger", "/dang-ky?don-vi={unit}", htmx=True),
    _get("find unit", "stranger", "/don-vi"),
    _get("find unit, too short", "stranger", "/don-vi?tim=c"),
    _get("find unit, none", "stranger", "/don-vi?tim=%3Cb%3Ezzz"),
    _get("find unit, found", "stranger", "/don-vi?tim=cam+giang"),
    _get("find unit, split", "stranger", "/don-vi?tim=c%E1%BA%A7u+%C4%91%E1%BA%A5t"),
    _get("find unit, many", "stranger", "/don-vi?tim=an"),
    _get("find unit part, found", "stranger", "/don-vi?tim=cam+giang", htmx=True),
    _get("register, signed in", "learner", "/dang-ky", 303),
    _get("sign in", "stranger", "/dang-nhap?tiep=/thi"),
    _post("sign in, nothing typed", "stranger", "/dang-nhap", 422),
    _post("sign in, wrong", "stranger", "/dang-nhap?tiep=/thi", 422, identifier="0900000001", password="sai"),
    *(
        _post(f"sign in, wrong again {nth}", "stranger", "/dang-nhap", 422, identifier="0900000077", password="sai")
        for nth in range(5)
    ),
    _post("sign in, too often", "stranger", "/dang-nhap?tiep=/thi", 429, identifier="0900000077", password="sai"),
    _get("recover", "stranger", "/quen-mat-khau"),
    _get("my page, stranger", "stranger", "/toi", 303),
    _get("my page, new", "newcomer", "/toi"),
    _get("my page, learnt", "learner", "/toi"),
    _get("my page, in the exam", "sitter", "/toi"),
    _get("my page, refused", "refused", "/toi"),
    _get("my page, anonymous", "anonymous", "/toi"),
    _get("my page, certified", "certified", "/toi"),
    _get("password", "newcomer", "/toi/mat-khau"),
    _get("password, staff", "organiser", "/toi/mat-khau"),
    _post("password, nothing typed", "newcomer", "/toi/mat-khau", 422),
    _post("password, old one wrong", "newcomer", "/toi/mat-khau", 422, old="sai", new="một câu thật riêng"),
    _post("password, common", "newcomer", "/toi/mat-khau", 422, old="hoa phượng tháng năm", new="matkhau123"),
    _get("devices", "certified", "/toi/thiet-bi"),
    _get("devices, just ended", "certified", "/toi/thiet-bi?vua=mot"),
    _get("devices, staff", "organiser", "/toi/thiet-bi"),
    _post("devices, unknown", "certified", "/toi/thiet-bi", 404, phien="0123456789abcdef"),
    _get("my place, none", "newcomer", "/bang-xep-hang/cua-toi"),
    _get("my place", "certified", "/bang-xep-hang/cua-toi"),
]

_EXAM = [
    _get("exam, gate shut", "newcomer", "/thi"),
    _post("exam, refused", "newcomer", "/thi", 409),
    _get("exam, open", "learner", "/thi"),
    _get("exam, running", "sitter", "/thi"),
    _get("paper", "sitter", "/thi/{open}"),
    _get("paper, filled", "thorough", "/thi/{full}"),
    _get("paper, large", "thorough", "/thi/{full}"),
    _post("paper, overtaken", "sitter", "/thi/{open}", 409, page="cu", base="7"),
    _post("save, overtaken", "sitter", "/thi/{open}", 409, htmx=True, page="cu", base="7"),
    _post("save", "sitter", "/thi/{open}", 200, htmx=True, page="moi", number="1", base="0", q1="0"),
    _post("save by button", "sitter", "/thi/{open}", 303, page="moi", base="0", q1="0", q2="0"),
    _post("save, closed", "ready", "/thi/{done}", 410, htmx=True, page="moi", number="1", base="0"),
    _post("submit, some missing", "sitter", "/thi/{open}/nop", 303, page="moi", base="0", q1="0"),
    _get("confirm, some missing", "sitter", "/thi/{open}/nop"),
    _get("confirm", "thorough", "/thi/{full}/nop"),
    _get("another's paper", "learner", "/thi/{open}", 404),
    _get("paper, over", "ready", "/thi/{done}", 303),
    _get("result", "ready", "/thi/{done}/ket-qua"),
    _get("result, timed out", "late", "/thi/{late}/ket-qua"),
]

_SHARING = [
    _get("tell", "learner", "/lan-toa/gui"),
    _post("tell, nothing typed", "learner", "/lan-toa/gui", 422),
    _post("tell, too short", "learner", "/lan-toa/gui", 422, kind="story", body="<b>Ngắn</b>", consent_story="y"),
    _get("tell, waiting", "ready", "/lan-toa/gui"),
    _get("tell, refused", "refused", "/lan-toa/gui"),
    _get("tell, published", "certified", "/lan-toa/gui"),
    _post("tell, again", "certified", "/lan-toa/gui", 422, kind="story", body="một hai ba bốn năm sáu"),
    _get("certificate, missing", "newcomer", "/chung-nhan"),
    _post("certificate, too early", "newcomer", "/chung-nhan", 409),
    _get("certificate, ready", "ready", "/chung-nhan"),
    _get("certificate", "certified", "/chung-nhan"),
    _get("certificate, revoked", "revoked", "/chung-nhan"),
    _get("certificate's file", "certified", "/chung-nhan/{code}.pdf"),
    _get("certificate, unprintable", "unprintable", "/chung-nhan/{unprintable}.pdf", 409),
]

_DESK = [
    _get("desk", "organiser", "/quan-tri"),
    _get("desk, contestant", "learner", "/quan-tri", 404),
    _get("desk stories", "organiser", "/quan-tri/chia-se"),
    _get("desk stories, after a decision", "organiser", "/quan-tri/chia-se?vua=duyet"),
    _post(
        "desk stories, rewritten", "organiser", "/quan-tri/chia-se/{waiting}/duyet", 409, told_at="2025-10-12T00:00Z"
    ),
    _get("desk refusal", "organiser", "/quan-tri/chia-se/{waiting}/tu-choi"),
    _post("desk refusal, no reason", "organiser", "/quan-tri/chia-se/{waiting}/tu-choi", 422, told_at="{told_at}"),
    _get("desk refusal, decided", "organiser", "/quan-tri/chia-se/{refused}/tu-choi", 409),
    _get("desk people", "organiser", "/quan-tri/thi-sinh"),
    _post("desk people, found", "organiser", "/quan-tri/thi-sinh", 200, text="nguyen"),
    _post("desk people, none", "organiser", "/quan-tri/thi-sinh", 200, text="khong ai ten nay"),
    _post("desk people, wrong", "organiser", "/quan-tri/thi-sinh", 422, text="1"),
    _get("desk person, new", "organiser", "/quan-tri/thi-sinh/{newcomer}"),
    _get("desk person, waiting", "organiser", "/quan-tri/thi-sinh/{ready}"),
    _get("desk person, certified", "organiser", "/quan-tri/thi-sinh/{code_entry}"),
    _get("desk person, revoked", "organiser", "/quan-tri/thi-sinh/{revoked_entry}"),
    _get("desk password", "organiser", "/quan-tri/thi-sinh/{newcomer}/mat-khau"),
    _post("desk password, no reason", "organiser", "/quan-tri/thi-sinh/{newcomer}/mat-khau", 422),
    _get("desk results", "organiser", "/quan-tri/ket-qua"),
    _post("desk results, XLSX", "organiser", "/quan-tri/ket-qua/1/xlsx", 200),
    _post("desk results, CSV", "organiser", "/quan-tri/ket-qua/1/csv", 200),
]

_ERRORS = [
    Scene("error 400", "stranger", "/dang-nhap", 400, method="POST", token=False),
    Scene("error 403", "stranger", "/dang-nhap", 403, headers={"Origin": "https://ac.example"}, method="POST"),
    _get("error 404", "stranger", "/khong-co-trang-nay", 404),
    _get("error 404, signed in", "certified", "/lan-toa/0", 404),
    Scene("error 405", "stranger", "/the-le", 405, method="POST"),
    Scene("error 413", "stranger", "/dang-nhap", 413, {"identifier": "1" * 300_000}, method="POST"),
]

# After the links were followed: these change what the pages above lead to.
DEEDS = [
    _post(
        "register, done",
        "arriving",
        "/dang-ky",
        303,
        full_name="Trần Văn Mẫu",
        phone="0900000001",
        citizen_id="000123456789",
        unit="{unit}",
        password="hoa phượng tháng năm",
        consent_contest="y",
    ),
    _post("lesson, finished", "newcomer", "/hoc/{topic}/{lesson}", 303),
    _post("exam, started", "learner", "/thi", 303),
    _post("submit", "thorough", "/thi/{full}/nop", 303, confirmed="1"),
    _post("tell, sent", "sitter", "/lan-toa/gui", 303, kind="story", body="một hai ba bốn năm sáu"),
    _post("certificate, issued", "ready", "/chung-nhan", 303),
    _post("desk stories, published", "organiser", "/quan-tri/chia-se/{waiting}/duyet", 303, told_at="{told_at}"),
    _post("desk password, given", "organiser", "/quan-tri/thi-sinh/{newcomer}/mat-khau", 200, reason="Đã xem thẻ"),
    _post("sign in, done", "returning", "/dang-nhap", 303, identifier="000123456789", password="hoa phượng tháng năm"),
    _post("password, changed", "revoked", "/toi/mat-khau", 303, old="hoa phượng tháng năm", new="một câu thật riêng"),
    _post("devices, ended", "certified", "/toi/thiet-bi", 303, phien="khac"),
    _post("sign out", "anonymous", "/dang-xuat", 303),
]

FURNISHED = [
    *_PUBLIC,
    *_ACCOUNT,
    *_EXAM,
    *_SHARING,
    *_DESK,
    *_ERRORS,
]

REVEALED = [_get("result, everything revealed", "ready", "/thi/{done}/ket-qua")]


def broken_pages() -> list[tuple[Scene, str, int | Exception]]:
    """Error pages that no request can cause on a healthy portal: scene, endpoint whose view is broken, how."""
    pages: list[tuple[Scene, str, int | Exception]] = [
        (_get(f"error {code}", "stranger", "/quyen-rieng-tu", code), "home.privacy", code)
        for code in (409, 410, 429, 503)
    ]
    return [*pages, (_get("error 500", "stranger", "/quyen-rieng-tu", 500), "home.privacy", ZeroDivisionError("test"))]
