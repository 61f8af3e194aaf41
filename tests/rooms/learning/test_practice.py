"""Practice after a lesson: five questions at a time, the answer at once, nothing kept."""

import gzip
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.learning.practice import practice_items, questions_of, read_set, sets
from app.models import QuestionKind
from app.services.catalogue import Catalogue, VersionInfo
from tests.support.asking import one, words
from tests.support.stage import catalogue_in_memory
from tests.support.statements import counted
from tests.support.visitor import Visitor

# Lessons of the small contest, one practice question each.
TRUE_FALSE = "/hoc/an-toan/mat-khau"
SEVERAL = "/hoc/an-toan/tin-gia"
ONE = "/hoc/tien-ich/dich-vu-cong"
HTMX = {"HX-Request": "true"}


def _options(visitor: Visitor | Tag, number: int = 1) -> dict[str, str]:
    """Words of the options of one question → their values, in the order shown."""
    return {words(option): str(one(option, "input")["value"]) for option in _boxes(visitor, number)}


def _boxes(visitor: Visitor | Tag, number: int = 1) -> list[Tag]:
    return list((visitor.page if isinstance(visitor, Visitor) else visitor).select(f"#c{number} .option"))


def _answer(visitor: Visitor, number: int = 1) -> list[str]:
    """The answer's heading and paragraphs."""
    return [words(part) for part in one(visitor, f"#c{number} .notice").select("h2, p")]


def _many(version: VersionInfo, count: int) -> tuple[VersionInfo, ...]:
    """A pool of questions with four options of which the second is right."""
    return tuple(
        replace(
            version,
            id=1000 + n,
            question_id=1000 + n,
            kind=QuestionKind.ONE,
            stem=f"Câu hỏi số {n}?",
            options=("Một", "Hai", "Ba", "Bốn"),
            right=frozenset({1}),
            explanation=f"Giải thích số {n}.",
        )
        for n in range(1, count + 1)
    )


@pytest.fixture
def pool(app: Flask, contest: Catalogue, monkeypatch: pytest.MonkeyPatch) -> tuple[VersionInfo, ...]:
    """Twelve questions for the lesson at ONE; no other lesson has any."""
    ((lesson_id, (version,)),) = [
        (lesson_id, found) for lesson_id, found in contest.practice.items() if found[0].stem.startswith("Bạn theo dõi")
    ]
    many = _many(version, 12)
    fuller = replace(contest, practice={lesson_id: many})
    monkeypatch.setattr(app.extensions["lantoa"].catalogues, "get", lambda: fuller)
    return many


def test_from_the_lesson_to_the_explanation(visitor: Visitor) -> None:
    visitor.visit(ONE).click("Luyện tập 1 câu")
    assert (visitor.status, visitor.path, visitor.h1) == (200, f"{ONE}/luyen-tap", "Luyện tập 1 câu")
    assert "Mã hồ sơ dùng để theo dõi" not in visitor.text
    visitor.submit("Xem đáp án câu 1", c1=_options(visitor)["Mã hồ sơ"])
    assert _answer(visitor) == ["Bạn trả lời đúng", "Đáp án: Mã hồ sơ", "Mã hồ sơ dùng để theo dõi."]
    assert set(_options(visitor)) == {"Mã hồ sơ Bạn chọn đúng", "Số nhà", "Tên đường"}
    assert visitor.click("Về bài học").path == ONE


def test_a_wrong_choice_names_the_right_one(visitor: Visitor) -> None:
    visitor.visit(f"{ONE}/luyen-tap")
    visitor.submit("Xem đáp án câu 1", c1=_options(visitor)["Số nhà"])
    assert _answer(visitor) == ["Bạn trả lời chưa đúng", "Đáp án: Mã hồ sơ", "Mã hồ sơ dùng để theo dõi."]
    assert set(_options(visitor)) == {"Mã hồ sơ Đáp án đúng", "Số nhà Bạn chọn chưa đúng", "Tên đường"}
    (checked,) = visitor.page.select("#c1 .option input[checked]")
    assert words(checked.parent) == "Số nhà Bạn chọn chưa đúng"  # type: ignore[arg-type]


@pytest.mark.parametrize("lesson", [ONE, SEVERAL, TRUE_FALSE])
def test_without_a_choice_the_answer_is_shown_all_the_same(visitor: Visitor, lesson: str) -> None:
    visitor.visit(f"{lesson}/luyen-tap").submit("Xem đáp án câu 1")
    title, key, explanation = _answer(visitor)
    assert title == "Bạn chưa chọn câu trả lời"
    assert key.startswith("Đáp án: ")
    assert explanation
    assert "bỏ sót" not in visitor.text


@pytest.mark.parametrize(
    ("chosen", "title", "missed"),
    [
        ({"Báo chính thống", "Trang của cơ quan nhà nước"}, "Bạn trả lời đúng", []),
        ({"Báo chính thống"}, "Bạn trả lời chưa đúng", ["Bạn bỏ sót: Trang của cơ quan nhà nước"]),
        (
            {"Báo chính thống", "Trang của cơ quan nhà nước", "Tin nhắn chuyển tiếp"},
            "Bạn trả lời chưa đúng",
            [],
        ),
    ],
)
def test_several_right_options(visitor: Visitor, chosen: set[str], title: str, missed: list[str]) -> None:
    visitor.visit(f"{SEVERAL}/luyen-tap")
    assert len(visitor.page.select("#c1 input[type=checkbox]")) == 3
    options = _options(visitor)
    visitor.submit("Xem đáp án câu 1", c1=[options[option] for option in chosen])
    heading, key, *rest = _answer(visitor)
    assert heading == title
    assert set(key.removeprefix("Đáp án: ").split("; ")) == {"Báo chính thống", "Trang của cơ quan nhà nước"}
    assert rest == [*missed, "Tìm ở báo chính thống và trang của cơ quan nhà nước."]
    tags = {words(tag.parent).removesuffix(words(tag)).strip(): words(tag) for tag in visitor.page.select("#c1 .tag")}  # type: ignore[arg-type]
    right = {
        option: "Bạn chọn đúng" if option in chosen else "Bạn bỏ sót"
        for option in ("Báo chính thống", "Trang của cơ quan nhà nước")
    }
    assert tags == right | ({"Tin nhắn chuyển tiếp": "Bạn chọn chưa đúng"} if len(chosen) == 3 else {})


def test_true_or_false_keeps_its_order(contest: Catalogue, visitor: Visitor) -> None:
    visitor.visit(f"{TRUE_FALSE}/luyen-tap")
    assert list(_options(visitor)) == ["Đúng", "Sai"]
    visitor.submit("Xem đáp án câu 1", c1="1")
    assert _answer(visitor) == ["Bạn trả lời đúng", "Đáp án: Sai", "Mỗi nơi một mật khẩu riêng."]
    (version,) = next(found for found in contest.practice.values() if found[0].kind is QuestionKind.TRUE_FALSE)
    for number in range(1, 30):
        (item,) = practice_items([version], number, MultiDict())
        assert [option["label"] for option in item.component["options"]] == list(version.options)


def test_options_are_shuffled_per_set_and_stay_so(pool: tuple[VersionInfo, ...]) -> None:
    def orders(number: int) -> list[tuple[str, ...]]:
        items = practice_items(pool[:5], number, MultiDict())
        return [tuple(option["label"] for option in item.component["options"]) for item in items]

    assert orders(1) == orders(1)
    assert len({tuple(orders(number)) for number in range(1, 9)}) == 8
    assert len(set(orders(1))) > 1
    assert all(sorted(order) == sorted(pool[0].options) for order in orders(1))


@pytest.mark.parametrize(("size", "count"), [(1, 1), (4, 1), (5, 1), (6, 2), (10, 2), (12, 3)])
def test_all_sets_together_are_the_whole_pool(pool: tuple[VersionInfo, ...], size: int, count: int) -> None:
    some = pool[:size]
    assert sets(some) == count
    met = [questions_of(some, number) for number in range(1, count + 1)]
    assert {len(questions) for questions in met} == {min(5, size)}
    assert all(len(set(questions)) == len(questions) for questions in met)
    assert {question for questions in met for question in questions} == set(some)
    assert read_set(MultiDict({"bo": str(count)}), some) == count
    assert read_set(MultiDict({"bo": str(count + 1)}), some) is None


def test_a_lesson_without_questions_has_no_practice(visitor: Visitor, pool: tuple[VersionInfo, ...]) -> None:
    assert sets(pool) == 3
    assert "Luyện tập" not in visitor.visit(SEVERAL).text
    assert visitor.visit(f"{SEVERAL}/luyen-tap").status == 404
    assert visitor.visit(ONE).click("Luyện tập 5 câu").status == 200


@pytest.mark.usefixtures("pool")
def test_the_sets_follow_each_other_round(visitor: Visitor) -> None:
    visitor.visit(f"{ONE}/luyen-tap")
    met = []
    for following in ("Làm bộ câu 2/3", "Làm bộ câu 3/3", "Làm bộ câu 1/3"):
        met.append([words(legend).split(" ", 2)[2] for legend in visitor.page.select("legend")])
        visitor.click(following)
    assert met[0] == [f"Câu hỏi số {n}?" for n in (1, 2, 3, 4, 5)]
    assert met[2] == [f"Câu hỏi số {n}?" for n in (11, 12, 1, 2, 3)]
    assert [words(legend).split(" ", 2)[2] for legend in visitor.page.select("legend")] == met[0]


@pytest.mark.usefixtures("pool")
def test_choices_and_earlier_answers_stay(visitor: Visitor) -> None:
    visitor.visit(f"{ONE}/luyen-tap?bo=2")
    right = {f"c{n}": _options(visitor, n)["Hai"] for n in (2, 4)}
    visitor.submit("Xem đáp án câu 4", **right)
    assert _answer(visitor, 4)[0] == "Bạn trả lời đúng"
    assert not visitor.page.select("#c2 .notice")
    assert visitor.value("c2") == right["c2"]
    visitor.submit("Xem đáp án câu 2").submit("Xem đáp án câu 5", c5=_options(visitor, 5)["Ba"])
    assert [_answer(visitor, n)[0] for n in (2, 4, 5)] == [
        "Bạn trả lời đúng",
        "Bạn trả lời đúng",
        "Bạn trả lời chưa đúng",
    ]
    assert _answer(visitor, 4)[-1] == "Giải thích số 9."
    assert visitor.value("bo") == "2"
    assert [str(field["id"]) for field in visitor.page.select("fieldset:not(:has(.notice))")] == ["c1", "c3"]
    # The reader's place is the answer that was just asked for.
    assert one(one(visitor, "[autofocus]"), ".notice h2").find_parent("fieldset")["id"] == "c5"  # type: ignore[index]
    again = visitor.click("Làm lại các câu này")
    assert not again.page.select(".notice, input[checked]")
    assert again.value("bo") == "2"


@pytest.mark.usefixtures("pool")
def test_the_button_leads_to_its_question_and_htmx_takes_the_same_way(visitor: Visitor) -> None:
    visitor.visit(f"{ONE}/luyen-tap")
    form = visitor.form_with("Xem đáp án câu 3")
    assert str(form["method"]).lower() == "get"
    assert not form.select("input[name=csrf_token]")
    button = one(form, "button[value='3']")
    assert button["formaction"] == f"{ONE}/luyen-tap#c3"
    assert button["hx-get"] == form["action"] == f"{ONE}/luyen-tap"
    assert button.find_parent("fieldset")["id"] == "c3"  # type: ignore[index]


@pytest.mark.usefixtures("pool")
def test_htmx_gets_the_one_question_as_it_stands_on_the_page(visitor: Visitor) -> None:
    address = f"{ONE}/luyen-tap?bo=1&c2=1&c3=0&da=2&xem=3"
    part = visitor.client.get(address, headers=HTMX)
    whole = visitor.visit(address)
    assert part.status_code == whole.status == 200
    assert "HX-Request" in part.vary
    assert "HX-Request" in whole.response.vary
    assert "<html" not in part.text
    swapped = BeautifulSoup(part.text, "html.parser")
    assert [str(field["id"]) for field in swapped.select("fieldset")] == ["c3"]
    assert "".join(str(one(swapped, "fieldset")).split()) == "".join(str(one(whole, "#c3")).split())
    assert whole.page.select("#c2 .notice")


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("query", ["", "xem=6", "xem=a", "xem=", "da=1", "c1=0"])
def test_htmx_without_a_question_gets_nothing(visitor: Visitor, query: str) -> None:
    assert visitor.client.get(f"{ONE}/luyen-tap?{query}", headers=HTMX).status_code == 404


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("number", ["0", "4", "-1", "a", "", "1.0", "01", "²", "9" * 5000, "1%00"])
def test_a_set_that_does_not_exist(visitor: Visitor, number: str) -> None:
    assert visitor.visit(f"{ONE}/luyen-tap?bo={number}").status == 404


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("text", ["4", "-1", "a", "", "²", "01", "9" * 5000, "%F0%9F", "<script>"])
def test_other_nonsense_is_no_choice_and_no_question(visitor: Visitor, text: str) -> None:
    visitor.visit(f"{ONE}/luyen-tap?c1={text}&c6=0&c={text}&{text}=1&xem=1&da={text}6&da=x")
    assert visitor.status == 200
    assert _answer(visitor)[0] == "Bạn chưa chọn câu trả lời"
    assert len(visitor.page.select(".notice")) == 1
    assert not visitor.page.select("input[checked], script:not([src])")
    assert visitor.visit(f"{ONE}/luyen-tap?xem={text}x&da={text}6").status == 200
    assert not visitor.page.select(".notice")


def test_two_choices_where_one_is_asked_for_count_as_the_first(visitor: Visitor) -> None:
    visitor.visit(f"{ONE}/luyen-tap")
    options = _options(visitor)
    right, wrong = options["Mã hồ sơ"], options["Số nhà"]
    visitor.visit(f"{ONE}/luyen-tap?c1={wrong}&c1={right}&xem=1")
    assert _answer(visitor)[0] == "Bạn trả lời chưa đúng"
    assert len(visitor.page.select("input[checked]")) == 1


@pytest.mark.parametrize(
    "path", ["/hoc/an-toan/khong-co/luyen-tap", "/hoc/khong-co/mat-khau/luyen-tap", "/hoc/tien-ich/mat-khau/luyen-tap"]
)
def test_of_no_lesson(visitor: Visitor, path: str) -> None:
    assert visitor.visit(path).status == 404


def test_only_get(visitor: Visitor) -> None:
    token = visitor.csrf()
    assert visitor.client.post(f"{ONE}/luyen-tap", data={"csrf_token": token}).status_code == 405


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_nothing_is_written_and_nobody_is_known(app: Flask, visitor: Visitor, headers: dict[str, str]) -> None:
    with catalogue_in_memory(app), counted(app) as sent:
        answer = visitor.client.get(f"{SEVERAL}/luyen-tap?c1=0&c1=1&xem=1", headers=headers)
    assert answer.status_code == 200
    assert sent == []
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in answer.vary


@pytest.mark.usefixtures("contestant")
def test_who_is_signed_in_sees_the_same(app: Flask, visitor: Visitor) -> None:
    address = f"{SEVERAL}/luyen-tap?c1=0&xem=1"
    assert visitor.visit(SEVERAL).click("Luyện tập 1 câu").status == 200
    assert visitor.visit(address).response.data == Visitor(app).visit(address).response.data


@pytest.mark.usefixtures("pool")
def test_weight(visitor: Visitor) -> None:
    answer = visitor.client.get(
        f"{ONE}/luyen-tap?xem=1&da=2&da=3&da=4&da=5&c1=0&c2=1", headers={"Accept-Encoding": "gzip"}
    )
    assert gzip.decompress(answer.data).count(b'class="notice') == 5
    assert len(answer.data) <= 9000
