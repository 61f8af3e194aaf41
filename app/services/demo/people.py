"""Invented people, recognisable at a glance and harmless: no name, citizen number or phone can be anybody's.

- Name: the last middle name is always “Mẫu” (“example”): Nguyễn Thị Mẫu Hoa.
- Citizen number: province 000, which does not exist, and 9 as the digit of sex and century: the 24th.
- Phone: 0300 followed by six digits. Vietnam reserves no range for examples, but 030 belongs to no network: mobile
  numbers begin at 032 since 2018, and as Ninh Bình's land line code it ended in 2017. Our form still accepts it.
"""

from functools import cache
from itertools import accumulate
from random import Random

from app.rules.names import fold, name_sort_key
from app.rules.numbers import phone_number


def _words(text: str) -> list[str]:
    return text.split()


_FAMILIES = _words(  # and how many in a hundred bear it, roughly
    "Nguyễn 31 Trần 11 Lê 9 Phạm 8 Vũ 7 Hoàng 5 Đỗ 4 Bùi 4 Đặng 3 Ngô 3 Phan 2 Dương 2 Đào 2 Đoàn 2 Lương 2 Mai 1 "
    "Trịnh 1 Tô 1 Cao 1 Hà 1"
)
_WOMEN = _words("Thị Thị Thị Thu Ngọc Thanh Minh Hồng Kim Bích")
_MEN = _words("Văn Văn Văn Đức Hữu Minh Quang Xuân Công Ngọc")
_HER = _words(
    "Ánh An Bình Chi Cúc Dung Duyên Đào Giang Hà Hạnh Hằng Hiền Hoa Hòa Hồng Huệ Huyền Hương Lan Lệ Liên Linh Loan Ly "
    "Mai Mận My Nga Ngân Ngọc Nguyệt Nhàn Nhung Oanh Phương Phượng Quyên Quỳnh Sen Tâm Thanh Thảo Thắm Thoa Thơm Thu "
    "Thủy Thúy Thương Trang Trâm Trinh Tuyết Vân Vui Xuân Yến"
)
_HIS = _words(
    "An Anh Bách Bảo Bình Chiến Công Cường Dũng Duy Dương Đạt Điệp Định Đông Đức Giang Hải Hậu Hiếu Hòa Hoàng Hùng Huy "
    "Hưng Khánh Khải Khoa Kiên Lâm Lộc Long Lợi Lực Mạnh Minh Nam Nghĩa Nhân Phong Phú Phúc Quang Quân Quý Sơn Tài Tân "
    "Thái Thắng Thành Thiện Thịnh Tiến Toàn Trung Trường Tuấn Tùng Việt Vinh Vượng"
)
_FAMILY_NAMES, _FAMILY_WEIGHTS = _FAMILIES[::2], list(accumulate(map(int, _FAMILIES[1::2])))


def invent_name(chance: Random) -> str:
    """`Trần Văn Mẫu Hùng`."""
    family = chance.choices(_FAMILY_NAMES, cum_weights=_FAMILY_WEIGHTS)[0]
    middles, given = (_WOMEN, _HER) if chance.random() < 0.54 else (_MEN, _HIS)
    return f"{family} {chance.choice(middles)} Mẫu {chance.choice(given)}"


@cache
def search_and_sort(name: str) -> tuple[str, str]:
    """Search form and sort form; a few thousand names serve a whole city."""
    return fold(name), name_sort_key(name)


def invent_citizen_number(number: int) -> str:
    """Unique for numbers below a hundred million."""
    return f"0009{number:08d}"


def invent_phone(number: int) -> str:
    """E.164. After a million people the numbers begin again, as families share a phone."""
    return phone_number(f"0300{number % 1_000_000:06d}") or ""
