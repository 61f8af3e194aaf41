"""The exam, the story, the certificate."""

from tests.support.site_scenes.scene import by_htmx, get, post

EXAM = [
    get("exam, gate shut", "newcomer", "/thi"),
    post("exam, refused", "newcomer", "/thi", 409),
    get("exam, open", "learner", "/thi"),
    get("exam, running", "sitter", "/thi"),
    get("paper", "sitter", "/thi/{open}"),
    get("paper, filled", "thorough", "/thi/{full}"),
    get("paper, large", "thorough", "/thi/{full}"),
    post("paper, overtaken", "sitter", "/thi/{open}", 409, page="cu", base="7"),
    by_htmx(post("save, overtaken", "sitter", "/thi/{open}", 409, page="cu", base="7")),
    by_htmx(post("save", "sitter", "/thi/{open}", 200, page="moi", number="1", base="0", q1="0")),
    post("save by button", "sitter", "/thi/{open}", 303, page="moi", base="0", q1="0", q2="0"),
    by_htmx(post("save, closed", "ready", "/thi/{done}", 410, page="moi", number="1", base="0")),
    post("submit, some missing", "sitter", "/thi/{open}/nop", 303, page="moi", base="0", q1="0"),
    get("confirm, some missing", "sitter", "/thi/{open}/nop"),
    get("confirm", "thorough", "/thi/{full}/nop"),
    get("another's paper", "learner", "/thi/{open}", 404),
    get("paper, over", "ready", "/thi/{done}", 303),
    get("result", "ready", "/thi/{done}/ket-qua"),
    get("result, timed out", "late", "/thi/{late}/ket-qua"),
    get("result, taken out", "cheated", "/thi/{cheated}/ket-qua"),
    get("me, taken out", "cheated", "/toi"),
    get("reply", "cheated", "/toi/phan-hoi/{taken_out}"),
    get("reply, another's", "learner", "/toi/phan-hoi/{taken_out}", 404),
    post("reply, nothing typed", "cheated", "/toi/phan-hoi/{taken_out}", 422),
]

SHARING = [
    get("tell", "learner", "/lan-toa/gui"),
    post("tell, nothing typed", "learner", "/lan-toa/gui", 422),
    post("tell, too short", "learner", "/lan-toa/gui", 422, kind="story", body="<b>Ngắn</b>", consent_story="y"),
    get("tell, waiting", "ready", "/lan-toa/gui"),
    get("tell, refused", "refused", "/lan-toa/gui"),
    get("tell, published", "certified", "/lan-toa/gui"),
    post("tell, again", "certified", "/lan-toa/gui", 422, kind="story", body="một hai ba bốn năm sáu"),
    get("certificate, missing", "newcomer", "/chung-nhan"),
    post("certificate, too early", "newcomer", "/chung-nhan", 409),
    get("certificate, ready", "ready", "/chung-nhan"),
    get("certificate", "certified", "/chung-nhan"),
    get("certificate, revoked", "revoked", "/chung-nhan"),
    get("certificate's file", "certified", "/chung-nhan/{code}.pdf"),
    get("certificate, unprintable", "unprintable", "/chung-nhan/{unprintable}.pdf", 409),
]

REVEALED = [get("result, everything revealed", "ready", "/thi/{done}/ket-qua")]
