"""The settings of contest.toml: one table that orders, explains and so documents them.

Defaults are those of app.rules.contest; an export writes every setting out with its explanation.
"""

from collections.abc import Mapping
from datetime import date, datetime
from json import dumps
from typing import Any

from app.rules.contest import DIFFICULTIES, ContestRules

INTRODUCTION = """\
# Thiết lập của cuộc thi. Dòng bắt đầu bằng dấu # là lời giải thích.
# Sau khi sửa, kiểm tra bằng: flask contest check <thư mục này>
"""
ROUND_NOTE = """\
# Mỗi đợt thi một mục [[rounds]], theo thứ tự thời gian, không chồng lên nhau. Ngày tính trọn theo múi giờ ở trên:
# đợt thi mở từ 0h00 của first_day đến hết last_day. Muốn mở theo giờ thì ghi opens_at và closes_at thay cho hai ngày,
# ví dụ opens_at = 2025-10-13T10:00:00+07:00.
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
    ): 'Cho xem lúc nào: "at_once" là ngay sau khi nộp, "after_round" là sau khi đợt thi kết thúc.',
    ("ranking", "key"): (
        'Thứ tự xếp hạng: "correct" nhiều câu đúng hơn, "time_used" ít thời gian hơn, "submitted_at" nộp sớm hơn,'
        ' "attempts" ít lượt thi hơn. Bằng nhau mọi mục thì đồng hạng.'
    ),
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
        "exam": {**exam, "quota": quota},
        "ranking": {"key": _plain(rules.ranking)},
        "story": {key: _plain(getattr(rules.story, key)) for key in keys_of("story")},
        "certificate": {key: _plain(getattr(rules.certificate, key)) for key in keys_of("certificate")},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    return str(value) if isinstance(value, str) else value


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
