"""THE table of all addresses: what answers, how it is asked, who may come in; proven by tests/site/test_doors.py."""

from typing import NamedTuple

from app.web.doors import Door

PUBLIC, SIGNED_IN, CONTESTANT, ORGANISER = Door.PUBLIC, Door.SIGNED_IN, Door.CONTESTANT, Door.ORGANISER
HALF_SIGNED_IN, SECOND_FACTOR, OFFICER, JUDGE = Door.HALF_SIGNED_IN, Door.SECOND_FACTOR, Door.OFFICER, Door.JUDGE
KIOSK_OFFICER, PERSON = Door.KIOSK_OFFICER, Door.PERSON
_DEED = "any('thuc-hien', 'gia-han', 'tu-choi')"


class Line(NamedTuple):
    """One address: what answers, how it is asked, where, and who may."""

    endpoint: str
    method: str
    rule: str
    door: Door


def _of_desk(room: str, base: str, door: Door) -> list[Line]:
    """What officers and organisers have alike."""
    person, claim = f"{base}/thi-sinh/<int:entry_id>", f"{base}/tranh-chap/<int:claim_id>"
    return [
        Line(f"{room}.people", "GET", f"{base}/thi-sinh", door),
        Line(f"{room}.find", "POST", f"{base}/thi-sinh", door),
        Line(f"{room}.person", "GET", person, door),
        Line(f"{room}.roll", "GET", f"{base}/danh-sach", door),
        Line(f"{room}.export", "POST", f"{base}/danh-sach/<any(xlsx, csv):kind>", door),
        Line(f"{room}.new_password", "GET", f"{person}/mat-khau", door),
        Line(f"{room}.give_password", "POST", f"{person}/mat-khau", door),
        Line(f"{room}.correction", "GET", f"{person}/sua", door),
        Line(f"{room}.correct", "POST", f"{person}/sua", door),
        Line(f"{room}.ask_number", "GET", f"{person}/so-can-cuoc", door),
        Line(f"{room}.show_number", "POST", f"{person}/so-can-cuoc", door),
        Line(f"{room}.claims", "GET", f"{base}/tranh-chap", door),
        Line(f"{room}.claim", "GET", claim, door),
        Line(f"{room}.decide", "POST", claim, door),
        Line(f"{room}.kiosks", "GET", f"{base}/kiosk", door),
        Line(f"{room}.make_kiosk_code", "POST", f"{base}/kiosk", door),
        Line(f"{room}.kiosk", "GET", f"{base}/kiosk/<int:kiosk_id>", door),
        Line(f"{room}.change_kiosk", "POST", f"{base}/kiosk/<int:kiosk_id>/<any('thu-hoi', 'cho-tiep'):act>", door),
    ]


TABLE = [
    Line("home.front", "GET", "/", PUBLIC),
    Line("home.rules", "GET", "/the-le", PUBLIC),
    Line("home.guide", "GET", "/huong-dan", PUBLIC),
    Line("home.privacy", "GET", "/quyen-rieng-tu", PUBLIC),
    Line("home.figures", "GET", "/so-lieu", PUBLIC),
    Line("home.figures_json", "GET", "/so-lieu.json", PUBLIC),
    Line("home.figures_csv", "GET", "/so-lieu.csv", PUBLIC),
    Line("home.days_csv", "GET", "/so-lieu/ngay.csv", PUBLIC),
    Line("home.text_size", "GET", "/co-chu/<size>", PUBLIC),
    Line("account.register", "GET", "/dang-ky", PUBLIC),
    Line("account.create_account", "POST", "/dang-ky", PUBLIC),
    Line("account.find_unit", "GET", "/don-vi", PUBLIC),
    Line("account.sign_in", "GET", "/dang-nhap", PUBLIC),
    Line("account.open_door", "POST", "/dang-nhap", PUBLIC),
    Line("account.sign_out", "POST", "/dang-xuat", HALF_SIGNED_IN),
    Line("account.second_factor", "GET", "/dang-nhap/xac-thuc", SECOND_FACTOR),
    Line("account.prove_factor", "POST", "/dang-nhap/xac-thuc", SECOND_FACTOR),
    Line("account.offer_factor", "GET", "/dang-nhap/xac-thuc/thiet-lap", SECOND_FACTOR),
    Line("account.set_factor", "POST", "/dang-nhap/xac-thuc/thiet-lap", SECOND_FACTOR),
    Line("account.recover", "GET", "/quen-mat-khau", PUBLIC),
    Line("account.use_recovery_code", "POST", "/quen-mat-khau", PUBLIC),
    Line("account.ask_code", "GET", "/quen-mat-khau/tin-nhan", PUBLIC),
    Line("account.send_code", "POST", "/quen-mat-khau/tin-nhan", PUBLIC),
    Line("account.enter_code", "GET", "/quen-mat-khau/ma", PUBLIC),
    Line("account.use_sms_code", "POST", "/quen-mat-khau/ma", PUBLIC),
    Line("account.me", "GET", "/toi", CONTESTANT),
    Line("account.entering", "GET", "/toi/du-thi", PERSON),
    Line("account.enter_contest", "POST", "/toi/du-thi", PERSON),
    Line("account.reply", "GET", "/toi/phan-hoi/<int:invalidation_id>", CONTESTANT),
    Line("account.send_reply", "POST", "/toi/phan-hoi/<int:invalidation_id>", CONTESTANT),
    Line("account.recovery_code", "GET", "/toi/ma-khoi-phuc", PERSON),
    Line("account.show_recovery_code", "POST", "/toi/ma-khoi-phuc", PERSON),
    Line("account.my_unit", "GET", "/toi/don-vi", CONTESTANT),
    Line("account.change_unit", "POST", "/toi/don-vi", CONTESTANT),
    Line("account.password", "GET", "/toi/mat-khau", SIGNED_IN),
    Line("account.change_password", "POST", "/toi/mat-khau", SIGNED_IN),
    Line("account.my_data", "GET", "/toi/du-lieu", PERSON),
    Line("account.download_data", "GET", "/toi/du-lieu/tai-ve.<any(json, html):data_kind>", PERSON),
    Line("account.correct_form", "GET", "/toi/du-lieu/sua", PERSON),
    Line("account.correct_me", "POST", "/toi/du-lieu/sua", PERSON),
    Line("account.set_consent", "POST", "/toi/du-lieu/dong-y", PERSON),
    Line("account.request_form", "GET", "/toi/du-lieu/yeu-cau", PERSON),
    Line("account.send_request", "POST", "/toi/du-lieu/yeu-cau", PERSON),
    Line("account.devices", "GET", "/toi/thiet-bi", SIGNED_IN),
    Line("account.end_sessions", "POST", "/toi/thiet-bi", SIGNED_IN),
    Line("learning.topics", "GET", "/hoc", PUBLIC),
    Line("learning.topic", "GET", "/hoc/<slug>", PUBLIC),
    Line("learning.lesson", "GET", "/hoc/<slug>/<lesson_slug>", PUBLIC),
    Line("learning.finish", "POST", "/hoc/<slug>/<lesson_slug>", CONTESTANT),
    Line("learning.practice", "GET", "/hoc/<slug>/<lesson_slug>/luyen-tap", PUBLIC),
    Line("exam.intro", "GET", "/thi", CONTESTANT),
    Line("exam.start", "POST", "/thi", CONTESTANT),
    Line("exam.paper", "GET", "/thi/<int:attempt_id>", CONTESTANT),
    Line("exam.save", "POST", "/thi/<int:attempt_id>", CONTESTANT),
    Line("exam.confirm", "GET", "/thi/<int:attempt_id>/nop", CONTESTANT),
    Line("exam.submit", "POST", "/thi/<int:attempt_id>/nop", CONTESTANT),
    Line("exam.result", "GET", "/thi/<int:attempt_id>/ket-qua", CONTESTANT),
    Line("ranking.units", "GET", "/bang-xep-hang", PUBLIC),
    Line("ranking.clusters_board", "GET", "/bang-xep-hang/cum", PUBLIC),
    Line("ranking.people", "GET", "/bang-xep-hang/ca-nhan", PUBLIC),
    Line("ranking.unit", "GET", "/bang-xep-hang/don-vi/<code>", PUBLIC),
    Line("ranking.group", "GET", "/bang-xep-hang/nhom/<int:group_id>", PUBLIC),
    Line("ranking.search", "GET", "/bang-xep-hang/tim", PUBLIC),
    Line("ranking.mine", "GET", "/bang-xep-hang/cua-toi", CONTESTANT),
    Line("sharing.wall", "GET", "/lan-toa", PUBLIC),
    Line("sharing.story", "GET", "/lan-toa/<int:story_id>", PUBLIC),
    Line("sharing.mine", "GET", "/lan-toa/gui", CONTESTANT),
    Line("sharing.tell", "POST", "/lan-toa/gui", CONTESTANT),
    Line("certificate.mine", "GET", "/chung-nhan", CONTESTANT),
    Line("certificate.issue", "POST", "/chung-nhan", CONTESTANT),
    Line("certificate.pdf", "GET", "/chung-nhan/<code>.pdf", CONTESTANT),
    Line("certificate.verify", "GET", "/xac-minh", PUBLIC),
    Line("certificate.verified", "GET", "/xac-minh/<code>", PUBLIC),
    Line("organiser.today", "GET", "/quan-tri", ORGANISER),
    Line("organiser.stories", "GET", "/quan-tri/chia-se", ORGANISER),
    Line("organiser.publish_story", "POST", "/quan-tri/chia-se/<int:story_id>/duyet", ORGANISER),
    Line("organiser.refusal", "GET", "/quan-tri/chia-se/<int:story_id>/tu-choi", ORGANISER),
    Line("organiser.refuse_story", "POST", "/quan-tri/chia-se/<int:story_id>/tu-choi", ORGANISER),
    *_of_desk("organiser", "/quan-tri", ORGANISER),
    Line("organiser.requests", "GET", "/quan-tri/yeu-cau", ORGANISER),
    Line("organiser.request", "GET", "/quan-tri/yeu-cau/<int:request_id>", ORGANISER),
    Line("organiser.acknowledge_request", "POST", "/quan-tri/yeu-cau/<int:request_id>/tiep-nhan", ORGANISER),
    Line("organiser.answer_form", "GET", f"/quan-tri/yeu-cau/<int:request_id>/<{_DEED}:deed>", ORGANISER),
    Line("organiser.answer_request", "POST", f"/quan-tri/yeu-cau/<int:request_id>/<{_DEED}:deed>", ORGANISER),
    Line("organiser.audit", "GET", "/quan-tri/nhat-ky", ORGANISER),
    Line("officer.today", "GET", "/can-bo", OFFICER),
    *_of_desk("officer", "/can-bo", OFFICER),
    Line("judge.today", "GET", "/giam-khao", JUDGE),
    Line("organiser.results", "GET", "/quan-tri/ket-qua", ORGANISER),
    Line("organiser.final", "GET", "/quan-tri/ket-qua/<int(max=999):number>/chung-cuoc", ORGANISER),
    Line("organiser.final_workbook", "POST", "/quan-tri/ket-qua/<int(max=999):number>/chung-cuoc/xlsx", ORGANISER),
    Line("organiser.final_annex", "POST", "/quan-tri/ket-qua/<int(max=999):number>/chung-cuoc/pdf", ORGANISER),
    Line("organiser.download", "POST", "/quan-tri/ket-qua/<int(max=999):number>/<any(xlsx, csv):kind>", ORGANISER),
    Line("ops.healthz", "GET", "/healthz", PUBLIC),
    Line("assets.static_file", "GET", "/static/<path:name>", PUBLIC),
    Line("kiosk.front", "GET", "/kiosk", PUBLIC),
    Line("kiosk.enrol", "POST", "/kiosk", PUBLIC),
    Line("kiosk.done", "POST", "/kiosk/xong", PUBLIC),
    Line("kiosk.timed_out", "GET", "/kiosk/het-gio", PUBLIC),
    Line("kiosk.handover", "GET", "/kiosk/dien-thoai", CONTESTANT),
    Line("kiosk.show_handover", "POST", "/kiosk/dien-thoai", CONTESTANT),
    Line("account.assist", "GET", "/kiosk/dang-ky-ho", KIOSK_OFFICER),
    Line("account.register_for", "POST", "/kiosk/dang-ky-ho", KIOSK_OFFICER),
    Line("account.scan_to_assist", "POST", "/kiosk/dang-ky-ho/the", KIOSK_OFFICER),
    Line("account.scan_to_register", "POST", "/dang-ky/the", PUBLIC),
    Line("account.scan_to_sign_in", "POST", "/dang-nhap/the", PUBLIC),
    Line("kiosk.arrive", "GET", "/kiosk/nhan/<token>", PUBLIC),
    Line("kiosk.take", "POST", "/kiosk/nhan/<token>", PUBLIC),  # last: it signs in
]
CLOSED = [line for line in TABLE if line.door is not PUBLIC]
# What comes of a press without any field filled in, for who may press; everything else is a 200 or a 303.
REFUSED_WITHOUT_FIELDS = {
    "account.create_account": 422,
    "account.open_door": 422,
    "account.use_recovery_code": 422,
    "account.send_code": 422,
    "account.use_sms_code": 422,
    "account.change_password": 422,
    "account.show_recovery_code": 422,
    "account.change_unit": 422,
    "account.end_sessions": 404,  # which one?
    "account.correct_me": 422,
    "account.set_consent": 404,  # which one?
    "account.send_request": 422,
    "account.send_reply": 422,
    "organiser.answer_request": 422,
    "kiosk.enrol": 422,
    **dict.fromkeys(  # not on a device that is no kiosk
        (
            "kiosk.done",
            "kiosk.timed_out",
            "kiosk.handover",
            "kiosk.show_handover",
            "account.scan_to_register",
            "account.scan_to_sign_in",
        ),
        404,
    ),
    "sharing.tell": 422,
    "exam.start": 303,
    "organiser.publish_story": 400,
    "organiser.refuse_story": 422,
    **{
        f"{room}.{endpoint}": 422
        for room in ("organiser", "officer")
        for endpoint in ("find", "give_password", "correct", "show_number", "decide", "make_kiosk_code", "change_kiosk")
    },
}
