"""Invented stories for the wall: warm, plain and of different lengths."""

from collections.abc import Sequence
from random import Random

from app.rules.contest import StoryKind, StoryRules

_SLOGANS = (
    "Học một chút mỗi ngày, vững vàng trên mạng mỗi giờ.",
    "Chậm một phút để kiểm tra, yên tâm cả một đời.",
    "Mỗi người học số, cả phố cùng vui.",
    "Mã OTP như chìa khóa nhà: không đưa cho người lạ.",
    "Người biết chỉ người chưa biết, cả xóm cùng biết.",
    "Bấm có suy nghĩ, chia sẻ có trách nhiệm.",
    "Tuổi nào cũng học được, máy nào cũng bắt đầu được.",
    "Công dân số: thông minh, an toàn, nhân ái.",
    "Không vội tin, không vội bấm, không vội chuyển tiền.",
    "Một người cảnh giác, cả nhà bình yên.",
    "Thủ tục ở nhà, thời gian cho nhau.",
    "AI giúp ta nhanh hơn, còn ta phải tỉnh táo hơn.",
)
_MESSAGES = (
    ("{Who} ơi, nếu có ai gọi bảo chuyển tiền ngay, cứ cúp máy rồi hỏi người nhà. Việc thật thì đợi được năm phút."),
    "Đừng ngại hỏi. Ngày đầu {who} tôi cũng không biết bấm vào đâu, nay đã tự nộp hồ sơ trên Cổng Dịch vụ công.",
    "Mỗi tối chỉ cần một bài học ngắn. Hết một tuần là thấy mình mạnh dạn hơn hẳn với chiếc điện thoại.",
    (
        "Trước khi chia sẻ một tin, hãy hỏi: tin này từ đâu, ngày nào, ai chịu trách nhiệm? Không trả lời được thì "
        "đừng gửi đi."
    ),
    (
        "Mật khẩu dài, mỗi nơi một khác, và bật xác thực hai lớp. Ba việc ấy tôi làm trong một buổi sáng, giờ thấy "
        "yên tâm."
    ),
    "Các bạn trẻ ở {where} hãy dành mười phút chỉ cho ông bà cách gọi video và cách nhận ra cuộc gọi lừa đảo nhé.",
    "Tôi gửi lời cảm ơn tổ công nghệ số cộng đồng ở {where}: kiên nhẫn, vui vẻ, hỏi lần thứ năm vẫn cười.",
    (
        "Hỏi AI thì được, nhưng chuyện sức khỏe của cả nhà thì nhớ hỏi lại bác sĩ. Máy trả lời trôi chảy chưa chắc đã "
        "đúng."
    ),
    "Đừng đăng ảnh thẻ căn cước hay vé tàu lên mạng. Niềm vui thì khoe, còn giấy tờ thì giữ.",
    "Cả nhà mình hẹn một câu hỏi bí mật. Ai gọi video vay tiền mà không trả lời được thì đúng là người lạ.",
)
_STORIES = (
    (
        "{Who} tôi năm nay hơn sáu mươi, trước chỉ dùng điện thoại để nghe gọi. Sau bài học về Cổng Dịch vụ công, cả "
        "nhà ngồi bên ấm trà, mò mẫm gần một giờ thì nộp xong hồ sơ đầu tiên. Lúc máy báo tiếp nhận, cả nhà vỗ tay "
        "như xem bóng đá."
    ),
    (
        "Chiều hôm ấy có người xưng là công an gọi cho {who} tôi, bảo cài một ứng dụng để “xác minh”. Nhớ bài vừa "
        "học, {who} cúp máy, ra thẳng công an phường hỏi. Đúng là lừa đảo. Tối về, câu chuyện được kể lại cho cả ngõ."
    ),
    (
        "Ở {where}, nhà văn hóa tối thứ bảy nào cũng sáng đèn. Mấy cháu thanh niên ngồi cạnh các bác, mỗi người một "
        "máy, chỉ từng nút bấm. Tôi học được cách phóng to chữ, cách gọi video, rồi về chỉ lại cho {who} tôi."
    ),
    (
        "Tôi bán cá ở chợ. Ngày trước khách hỏi chuyển khoản là tôi lắc đầu. Nay tôi dán mã QR trước sạp, và luôn mở "
        "ứng dụng ngân hàng xem tiền đã về chưa rồi mới đưa hàng, chứ không nhìn ảnh chụp màn hình của khách."
    ),
    (
        "Lần đầu thi tôi chỉ đúng mười một câu. Tôi đọc lại từng bài, ghi ra giấy những chỗ hay nhầm. Lần thứ ba được "
        "mười tám câu. Điểm cao thì vui, nhưng vui hơn là bây giờ tôi hiểu vì sao không được đọc mã OTP cho bất kỳ "
        "ai."
    ),
    (
        "{Who} tôi nhận được tin nhắn trúng thưởng xe máy. Hồi trước chắc đã bấm rồi. Lần này {who} gọi tôi vào, chỉ "
        "vào đường dẫn và bảo: tên miền này lạ lắm. Tôi thấy tự hào hơn cả khi chính mình được điểm cao."
    ),
    (
        "Tôi dùng AI để soạn thư mời họp xóm. Nó viết hay nhưng ghi sai cả ngày lẫn tên nhà văn hóa. Từ đó tôi nhớ: "
        "AI viết nháp, còn người đọc lại, sửa và chịu trách nhiệm vẫn là mình."
    ),
    (
        "Con gái tôi học lớp năm. Hai mẹ con cùng đọc bài về ứng xử trên mạng, rồi viết ra ba điều treo cạnh bàn học: "
        "không nói lời làm bạn buồn, không đưa thông tin của nhà mình, thấy sợ thì kể với mẹ."
    ),
    (
        "Từ hôm biết cài giờ nghỉ cho điện thoại, bữa cơm nhà tôi không còn ai cúi xuống màn hình. {Who} tôi bảo: học "
        "số để dùng máy cho khôn, chứ đâu phải để máy dùng mình."
    ),
    (
        "Tôi làm công tác đoàn thể ở {where}. Tôi đi từng nhà rủ học, có bác xua tay bảo già rồi. Tôi mở bài đầu "
        "tiên, chỉnh chữ to lên, đọc cùng bác. Hôm sau chính bác ấy sang rủ thêm hai nhà nữa."
    ),
)
_WHO = ("mẹ", "bố", "bà ngoại", "bà nội", "ông ngoại", "ông nội", "dì", "bác")
_WHERE = ("khu phố tôi", "xóm tôi", "thôn tôi", "tổ dân phố chúng tôi", "làng chài quê tôi", "khu tập thể cũ")
_TEXTS = {StoryKind.SLOGAN: _SLOGANS, StoryKind.MESSAGE: _MESSAGES, StoryKind.STORY: _STORIES}


def invent_story(chance: Random, rules: StoryRules) -> tuple[StoryKind, str]:
    """A kind that the contest takes, and a text as long as the contest wants it."""
    kind = chance.choice(rules.kinds)
    return kind, _as_long(_texts(chance, _TEXTS[kind]), rules)


def _texts(chance: Random, texts: Sequence[str]) -> list[str]:
    who, where = chance.choice(_WHO), chance.choice(_WHERE)
    values = {"who": who, "Who": who[0].upper() + who[1:], "where": where}
    return [text.format_map(values) for text in chance.sample(texts, len(texts))]


def _as_long(texts: list[str], rules: StoryRules) -> str:
    """One text; more of them, or its beginning, only where a contest's limits leave no other way."""
    fitting = [text for text in texts if rules.min_words <= len(text.split()) <= rules.max_words]
    if fitting:
        return fitting[0]
    words = " ".join(texts).split()
    while len(words) < rules.min_words:
        words += words
    return " ".join(words[: rules.max_words])
