"""What anybody sees: before the first contestant, in the middle of the contest, by clusters; and what goes wrong."""

from tests.support.site_scenes.scene import Scene, by_htmx, get

EMPTY = [
    get("front, empty", "stranger", "/"),
    get("figures, empty", "stranger", "/so-lieu"),
    get("units, empty", "stranger", "/bang-xep-hang"),
    get("people, empty", "stranger", "/bang-xep-hang/ca-nhan"),
    get("unit, empty", "stranger", "/bang-xep-hang/don-vi/{unit}"),
    get("wall, empty", "stranger", "/lan-toa"),
    get("desk, empty", "organiser", "/quan-tri"),
    get("desk stories, empty", "organiser", "/quan-tri/chia-se"),
    get("desk results, empty", "organiser", "/quan-tri/ket-qua"),
    get("desk final, not yet", "organiser", "/quan-tri/ket-qua/1/chung-cuoc"),
]

PUBLIC = [
    get("front", "stranger", "/"),
    get("front, large", "stranger", "/"),
    get("front, signed in", "certified", "/"),
    get("rules", "stranger", "/the-le"),
    get("guide", "stranger", "/huong-dan"),
    get("privacy", "stranger", "/quyen-rieng-tu"),
    get("larger type", "arriving", "/co-chu/lon?back=/the-le", 303),
    get("topics", "stranger", "/hoc"),
    get("topics, learner", "learner", "/hoc"),
    get("topics, newcomer", "newcomer", "/hoc"),
    get("topic", "stranger", "/hoc/{topic}"),
    get("topic, learner", "learner", "/hoc/{topic}"),
    get("lesson", "stranger", "/hoc/{topic}/{lesson}"),
    get("lesson, large", "stranger", "/hoc/{topic}/{lesson}"),
    get("lesson, to read", "newcomer", "/hoc/{topic}/{lesson}"),
    get("lesson, read", "learner", "/hoc/{topic}/{lesson}"),
    get("practice", "stranger", "/hoc/{topic}/{lesson}/luyen-tap"),
    get("practice, answered", "stranger", "/hoc/{topic}/{lesson}/luyen-tap?c1=0&xem=1"),
    by_htmx(get("practice part, answered", "stranger", "/hoc/{topic}/{lesson}/luyen-tap?c1=0&xem=1")),
    get("units", "stranger", "/bang-xep-hang"),
    get("units by finishers", "stranger", "/bang-xep-hang?theo=hoan-thanh"),
    get("units by mean", "stranger", "/bang-xep-hang?theo=cau-dung"),
    get("units, searched", "stranger", "/bang-xep-hang?theo=ty-le&loai=xa&tim=a"),
    get("units, found", "stranger", "/bang-xep-hang?tim=cat+hai"),
    get("clusters, none", "stranger", "/bang-xep-hang/cum", 303),
    get("figures", "stranger", "/so-lieu"),
    get("figures, large", "stranger", "/so-lieu"),
    get("figures, JSON", "stranger", "/so-lieu.json"),
    get("figures, CSV", "stranger", "/so-lieu.csv"),
    get("days, CSV", "stranger", "/so-lieu/ngay.csv"),
    get("people", "stranger", "/bang-xep-hang/ca-nhan"),
    get("unit", "stranger", "/bang-xep-hang/don-vi/{unit}"),
    get("unit with groups", "stranger", "/bang-xep-hang/don-vi/{grouped}"),
    get("people of a kind", "stranger", "/bang-xep-hang/ca-nhan?dot=1&loai=phuong"),
    get("people, behind a line", "stranger", "/bang-xep-hang/ca-nhan?dot=1&loai=xa&sau=0_0"),
    get("people of no kind", "stranger", "/bang-xep-hang/ca-nhan?loai=x", 404),
    get("group", "stranger", "/bang-xep-hang/nhom/{group}"),
    get("person searched", "stranger", "/bang-xep-hang/tim?tim=nguyen+thi&dot=1"),
    get("person searched in a unit", "stranger", "/bang-xep-hang/tim?tim=%3Cb%3E&don-vi={unit}"),
    get("wall", "stranger", "/lan-toa"),
    get("story", "stranger", "/lan-toa/{code_story}"),
    get("story, nameless", "stranger", "/lan-toa/{nameless}"),
    get("verify", "stranger", "/xac-minh"),
    get("verify, wrong", "stranger", "/xac-minh?ma=%3Cb%3E", 422),
    get("verify, on", "stranger", "/xac-minh?ma={code}", 303),
    get("verified", "stranger", "/xac-minh/{code}"),
    get("verified, revoked", "stranger", "/xac-minh/{revoked}"),
    get("verified, unknown", "stranger", "/xac-minh/%3Cb%3E0000", 404),
    get("health", "stranger", "/healthz"),
]

CLUSTERED = [
    get("units by population", "stranger", "/bang-xep-hang?theo=dan-so"),
    get("units of a cluster", "stranger", "/bang-xep-hang?theo=hoan-thanh&cum=1"),
    get("clusters", "stranger", "/bang-xep-hang/cum?theo=cau-dung"),
]

ROUNDS = [
    get("front, rounds", "stranger", "/"),
    get("rules, rounds", "stranger", "/the-le"),
    get("figures, rounds", "stranger", "/so-lieu"),
    get("units, rounds", "stranger", "/bang-xep-hang"),
    get("units, one round", "stranger", "/bang-xep-hang?theo=hoan-thanh&dot=1"),
    get("units, the total", "stranger", "/bang-xep-hang?theo=ty-le&cum=1&dot=0"),
    get("clusters, rounds", "stranger", "/bang-xep-hang/cum"),
    get("clusters, the total", "stranger", "/bang-xep-hang/cum?dot=0"),
    get("people, rounds", "stranger", "/bang-xep-hang/ca-nhan?loai=phuong"),
    get("people, the total", "stranger", "/bang-xep-hang/ca-nhan?dot=0"),
    get("unit, rounds", "stranger", "/bang-xep-hang/don-vi/{grouped}"),
    get("group, rounds", "stranger", "/bang-xep-hang/nhom/{group}?dot=2"),
    get("person searched, the total", "stranger", "/bang-xep-hang/tim?tim=nguyen&dot=0&don-vi={unit}"),
    get("my place, rounds", "thorough", "/bang-xep-hang/cua-toi"),
    get("my page, rounds", "thorough", "/toi"),
    get("exam, rounds", "thorough", "/thi"),
    get("desk results, rounds", "organiser", "/quan-tri/ket-qua"),
    get("desk final, the total", "organiser", "/quan-tri/ket-qua/0/chung-cuoc"),
]

ERRORS = [
    Scene("error 400", "stranger", "/dang-nhap", 400, method="POST", token=False),
    Scene("error 403", "stranger", "/dang-nhap", 403, headers={"Origin": "https://ac.example"}, method="POST"),
    get("error 404", "stranger", "/khong-co-trang-nay", 404),
    get("error 404, signed in", "certified", "/lan-toa/0", 404),
    Scene("error 405", "stranger", "/the-le", 405, method="POST"),
    Scene("error 413", "stranger", "/dang-nhap", 413, {"identifier": "1" * 300_000}, method="POST"),
]


def broken_pages() -> list[tuple[Scene, str, int | Exception]]:
    """Error pages that no request can cause on a healthy portal: scene, endpoint whose view is broken, how."""
    pages: list[tuple[Scene, str, int | Exception]] = [
        (get(f"error {code}", "stranger", "/quyen-rieng-tu", code), "home.privacy", code)
        for code in (409, 410, 429, 503)
    ]
    return [*pages, (get("error 500", "stranger", "/quyen-rieng-tu", 500), "home.privacy", ZeroDivisionError("test"))]
