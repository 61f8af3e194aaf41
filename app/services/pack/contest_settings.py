"""The settings of contest.toml: one table that orders, explains and so documents them.

Defaults are those of app.rules.contest; an export writes every setting out with its explanation.
"""

from collections.abc import Mapping
from datetime import date, datetime
from json import dumps
from typing import Any

from app.rules.contest import DIFFICULTIES, ContestRules
from app.rules.prizes import Prize, Winner

INTRODUCTION = """\
# Thiết lập của cuộc thi. Dòng bắt đầu bằng dấu # là lời giải thích.
# Sau khi sửa, kiểm tra bằng: flask contest check <thư mục này>
"""
ROUND_NOTE = """\
# Mỗi đợt thi một mục [[rounds]], theo thứ tự thời gian, không chồng lên nhau. Ngày tính trọn theo múi giờ ở trên:
# đợt thi mở từ 0h00 của first_day đến hết last_day. Muốn mở theo giờ thì ghi opens_at và closes_at thay cho hai ngày,
# ví dụ opens_at = 2025-10-13T10:00:00+07:00. Thi theo tuần: ghi giờ mở và giờ đóng của tuần đầu, thêm weeks = 20; đợt
# đó lặp lại hai mươi tuần, {n} trong name là số thứ tự tuần. Khoảng giữa giờ đóng và giờ mở sau là để chấm.
"""
PRIZE_NOTE = """\
# Mỗi giải một mục [[prizes]], giải cao trước, giải thấp sau; một người hoặc một đơn vị chỉ nhận giải cao nhất.
# level là tên giải, count là số giải, for là "person" (cá nhân) hoặc "unit" (đơn vị). Giải của đơn vị ghi thêm metric:
# "registered" số người đăng ký, "finishers" số người hoàn thành, "per_1000" số người hoàn thành trên 1.000 dân,
# "mean_correct" số câu đúng trung bình, "share_finished" tỷ lệ hoàn thành. round = "total" trao một lần cho cả cuộc
# thi, round = "each" trao cho từng đợt.
"""
QUOTA_NOTE = """\
# Số câu dễ, vừa, khó rút từ mỗi chuyên đề cho một đề thi. Tên sau exam.quota là tên thư mục chuyên đề, bỏ số thứ tự.
"""

# (table, key): explanation. The order is the order of writing; "" is the top level.
EXPLANATIONS: Mapping[tuple[str, str], str] = {
    ("", "slug"): "Mã của cuộc thi trong hệ thống: chữ thường không dấu, nối bằng gạch. Không đổi sau khi đã nạp.",
    ("", "name"): "Tên đầy đủ.",
    ("", "short_name"): "Tên ngắn, hiện ở đầu mỗi trang.",
    ("", "tagline"): "Khẩu hiệu.",
    ("", "city"): "Tỉnh hoặc thành phố.",
    ("", "organisers"): "Các đơn vị tổ chức, mỗi đơn vị một dòng trên trang đầu.",
    ("", "hotline"): "Nơi thí sinh hỏi khi cần giúp: số điện thoại hoặc địa chỉ.",
    ("", "email"): "Hộp thư của Ban Tổ chức. Hãy thay bằng hộp thư thật.",
    ("", "time_zone"): "Múi giờ của cuộc thi.",
    (
        "",
        "rules_version",
    ): "Phiên bản của thể lệ. Đổi mỗi khi sửa pages/the-le.md: người dự thi chấp nhận từng phiên bản.",
    ("window", "shift_to_now"): "true: cuộc thi mẫu, các ngày được dời để đang mở; cuộc thi thật phải để false.",
    (
        "registration",
        "min_age",
    ): "Tuổi nhỏ nhất được dự thi, tính theo năm sinh trong số căn cước; 0 là không giới hạn.",
    ("registration", "unit_changes"): "Số lần thí sinh được tự đổi đơn vị; 0 là không được tự đổi.",
    ("registration", "unit_change_until"): (
        'Ngày cuối cùng được tự đổi đơn vị, ví dụ "2025-10-31"; để trống là đến hết cuộc thi.'
    ),
    ("exam", "minutes"): "Thời gian làm bài, tính bằng phút.",
    ("exam", "grace_seconds"): "Số giây chờ thêm câu trả lời đến muộn vì mạng chậm; không cộng vào thời gian xếp hạng.",
    ("exam", "shuffle"): "true: xáo thứ tự câu hỏi và phương án trong mỗi đề.",
    ("exam", "attempts_per_round"): "Số lượt thi nhiều nhất trong một đợt; 0 là không giới hạn.",
    ("exam", "attempts_per_day"): "Số lượt thi nhiều nhất trong một ngày; 0 là không giới hạn.",
    ("exam", "cooldown_minutes"): "Số phút phải chờ giữa hai lượt thi; 0 là không phải chờ.",
    ("exam", "gate"): 'Điều kiện mở bài thi: "all_lessons" là học xong mọi bài, "none" là không có điều kiện.',
    ("exam", "reveal"): (
        'Trang kết quả cho xem gì ngoài số câu đúng: "nothing" là không gì thêm, "wrong_topics" là số câu đúng theo'
        ' từng chuyên đề, "own_wrong" là các câu mình làm sai, "all" là cả đề và đáp án.'
    ),
    (
        "exam",
        "reveal_when",
    ): 'Cho xem lúc nào: "at_once" là ngay sau khi nộp, "after_round" là khi đợt thi xong, không còn ai làm bài.',
    ("ranking", "key"): (
        'Thứ tự xếp hạng: "correct" nhiều câu đúng hơn, "time_used" ít thời gian hơn, "submitted_at" nộp sớm hơn,'
        ' "attempts" đạt ở lượt thi sớm hơn. Bằng nhau mọi mục thì đồng hạng.'
    ),
    ("boards", "freeze_hours_before_end"): (
        "Số giờ cuối mỗi đợt mà bảng xếp hạng và số liệu công khai đứng yên để giữ bí mật kết quả; 0 là luôn cập nhật."
    ),
    ("boards", "min_finishers"): (
        "Số người hoàn thành ít nhất để đơn vị được xếp hạng theo tỷ lệ hoàn thành, số câu đúng trung bình và theo dân"
        " số, để một người không đưa cả đơn vị lên đầu."
    ),
    ("boards", "min_population"): "Số dân ít nhất để đơn vị được xếp hạng theo số người hoàn thành trên 1.000 dân.",
    ("story", "kinds"): 'Các kiểu bài chia sẻ: "slogan" khẩu hiệu, "message" thông điệp, "story" câu chuyện.',
    ("story", "min_words"): "Số từ ít nhất của một bài chia sẻ.",
    ("story", "max_words"): "Số từ nhiều nhất của một bài chia sẻ.",
    ("story", "moderated"): "true: Ban Tổ chức đọc trước rồi bài mới hiện lên trang chung.",
    (
        "certificate",
        "requires",
    ): 'Điều kiện nhận giấy chứng nhận: "lessons" học xong, "exam" đã thi, "story" đã chia sẻ.',
    ("certificate", "min_correct"): "Số câu đúng ít nhất của kết quả cao nhất; 0 là không yêu cầu.",
    ("certificate", "issuer"): "Nơi cấp.",
    ("certificate", "title"): "Tên của giấy.",
    ("certificate", "wording"): "Câu ghi nhận in dưới họ tên.",
    ("certificate", "place"): "Địa danh trước ngày cấp.",
    ("certificate", "signatory_title"): "Chức danh người ký.",
    ("certificate", "signatory"): "Họ tên người ký; để trống thì chỉ in chức danh.",
    ("privacy", "keep_months"): (
        "Số tháng giữ số căn cước và số điện thoại sau khi cuộc thi kết thúc; sau đó chạy flask privacy purge để xóa."
        " Trang quyền riêng tư phải ghi cùng con số này."
    ),
}


def keys_of(table: str) -> list[str]:
    """Keys of one table in the order of writing."""
    return [key for where, key in EXPLANATIONS if where == table]


def tables_of(rules: ContestRules) -> dict[str, Any]:
    """The tables that app.rules.contest.read_rules reads, with every key written out; JSON can hold them."""
    quota: dict[str, dict[str, int]] = {}
    for topic, _ in rules.exam.quota:
        quota.setdefault(topic, {name: rules.exam.quota.get((topic, name), 0) for name in DIFFICULTIES})
    exam = {key: _plain(getattr(rules.exam, key)) for key in keys_of("exam")}
    return {
        "time_zone": rules.time_zone,
        "registration": {key: _plain(getattr(rules.registration, key)) for key in keys_of("registration")},
        "exam": {**exam, "quota": quota},
        "ranking": {"key": _plain(rules.ranking)},
        "boards": {key: _plain(getattr(rules.boards, key)) for key in keys_of("boards")},
        "prizes": [_prize_values(prize) for prize in rules.prizes],
        "story": {key: _plain(getattr(rules.story, key)) for key in keys_of("story")},
        "certificate": {key: _plain(getattr(rules.certificate, key)) for key in keys_of("certificate")},
        "privacy": {key: getattr(rules.privacy, key) for key in keys_of("privacy")},
    }


def _prize_values(prize: Prize) -> dict[str, Any]:
    values: dict[str, Any] = {"level": prize.level, "count": prize.count, "for": prize.winner.value}
    if prize.winner is Winner.UNIT:
        values["metric"] = prize.metric.value
    return values | {"round": prize.span.value}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value) if isinstance(value, str) else value


def toml_value(value: object) -> str:
    """One value as TOML, on one line."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case str():
            return dumps(value, ensure_ascii=False)  # JSON's escapes are TOML's
        case list() | tuple():
            return f"[{', '.join(map(toml_value, value))}]"
        case _:
            raise TypeError(f"no TOML for {value!r}")


def toml_lines(values: Mapping[str, object], table: str | None = None) -> list[str]:
    """`key = value` lines; those with an explanation carry it above them, cut at 110 characters."""
    lines: list[str] = []
    for key, value in values.items():
        lines += _comment(EXPLANATIONS.get((table, key), "") if table is not None else "")
        lines.append(f"{key} = {toml_value(value)}")
    return lines


def _comment(text: str) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + len(word) < 110:
            lines[-1] += f" {word}"
        else:
            lines.append(f"# {word}")
    return lines
