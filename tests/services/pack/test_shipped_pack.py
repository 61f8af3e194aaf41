"""Laws that the shipped contest keeps beyond what every pack must: a teacher would use it as it is."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from app.models import Pool, QuestionKind
from app.models.unit import UnitType
from app.services.pack import Pack, read_pack
from app.services.pack.contents import PackLesson, PackQuestion, PackTopic
from tests.services.pack.conftest import SHIPPED

# What app.css turns into the colours of a dark screen.
FILLS = {"#0a4a66", "#a61c14", "#1a5e34", "#7a4b00", "#f3ede2", "#ffffff", "#1b1f24", "none"}
STROKES = {"#1b1f24", "#0a4a66", "#a61c14", "none"}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(SHIPPED)


def lessons(pack: Pack) -> Iterator[tuple[PackTopic, PackLesson]]:
    for topic in pack.topics:
        for lesson in topic.lessons:
            yield topic, lesson


def exam(pack: Pack, topic: PackTopic) -> list[PackQuestion]:
    return [q for q in pack.questions if q.pool is Pool.EXAM and q.topic == topic.slug]


def words_of(question: PackQuestion) -> str:
    return " ".join([question.text.stem, *question.text.options, question.text.explanation])


def test_nothing_in_the_folder_is_left_out(pack: Pack) -> None:
    assert pack.remarks == ()


def test_it_is_the_contest_of_haiphong(pack: Pack) -> None:
    assert Counter(unit.type for unit in pack.units) == {UnitType.XA: 67, UnitType.PHUONG: 45, UnitType.DAC_KHU: 2}
    assert [topic.slug for topic in pack.topics] == ["nhan-thuc-so", "dich-vu-so", "tuong-tac-so", "tri-tue-nhan-tao"]
    assert pack.head.shift_to_now
    assert pack.rules.exam.minutes == 20
    for topic in pack.topics:
        quota = [pack.rules.exam.quota[topic.slug, level] for level in ("easy", "medium", "hard")]
        assert quota == [2, 2, 1]


def test_lessons_have_their_shape(pack: Pack) -> None:
    assert all(len(topic.lessons) >= 4 for topic in pack.topics)
    for _, lesson in lessons(pack):
        heads = re.findall(r"^## (.*)$", lesson.body, re.M)
        assert 350 <= len(lesson.body.split()) <= 700, lesson.slug
        assert heads[-1] == "Nhớ ba điều", lesson.slug
        assert any(head.startswith("Chuyện") for head in heads), lesson.slug
        assert len(re.findall(r"^\d\. ", lesson.body.split("## Nhớ ba điều")[-1], re.M)) == 3, lesson.slug
        assert len(lesson.summary) <= 140, lesson.slug
        assert "!" not in lesson.body, lesson.slug


def test_pictures_are_of_one_hand(pack: Pack) -> None:
    for _, lesson in lessons(pack):
        assert 'viewBox="0 0 320 180"' in lesson.picture, lesson.slug
        assert set(re.findall(r'fill="([^"]*)"', lesson.picture)) <= FILLS, lesson.slug
        assert set(re.findall(r'stroke="([^"]*)"', lesson.picture)) <= STROKES, lesson.slug


def test_nothing_unverified_is_taught(pack: Pack) -> None:
    texts = [words_of(q) + q.text.source for q in pack.questions]
    texts += [lesson.body + " ".join(lesson.sources) for _, lesson in lessons(pack)]
    assert [text for text in texts if re.search(r"\[K\]|\[\?\]|\[S[:\]]|\[M\]|FACTS", text)] == []


def test_banks_are_large_and_mixed(pack: Pack) -> None:
    for topic in pack.topics:
        bank = exam(pack, topic)
        levels = Counter(q.difficulty for q in bank)
        assert len(bank) >= 50
        assert levels["easy"] >= 15
        assert levels["medium"] >= 15
        assert levels["hard"] >= 10
        assert {q.lesson for q in bank} == {lesson.slug for lesson in topic.lessons}


def test_every_exam_question_has_one_key_of_four(pack: Pack) -> None:
    for topic in pack.topics:
        for question in exam(pack, topic):
            text = question.text
            assert (text.kind, len(text.options), len(text.right)) == (QuestionKind.ONE, 4, 1), question.ref
            assert text.explanation, question.ref
            assert text.source, question.ref
            assert text.review_on is not None, question.ref
            assert text.review_on > text.as_of, question.ref


def test_questions_are_short_and_plain(pack: Pack) -> None:
    for question in pack.questions:
        text = question.text
        assert len(text.stem) <= 175, question.ref
        assert len(text.explanation) <= 260, question.ref
        assert all(len(option) <= 78 for option in text.options), question.ref
        assert "KHÔNG" not in text.stem, question.ref
        assert "!" not in words_of(question), question.ref
        lazy = [o for o in text.options if re.search(r"tất cả .*trên|đáp án nào", o.lower())]
        assert lazy == [], question.ref


def test_no_two_questions_are_the_same(pack: Pack) -> None:
    stems = Counter(q.text.stem for q in pack.questions if q.pool is Pool.EXAM)
    assert [stem for stem, count in stems.items() if count > 1] == []


def test_keys_cannot_be_guessed_by_place_or_length(pack: Pack) -> None:
    for topic in pack.topics:
        bank = exam(pack, topic)
        places = [q.text.right[0] for q in bank]
        counts = Counter(places)
        assert max(counts.values()) - min(counts[place] for place in range(4)) <= 2, topic.slug
        row = "".join(map(str, places))
        assert not any(str(place) * 4 in row for place in range(4)), topic.slug
        longest = 0
        for question in bank:
            lengths = [len(option) for option in question.text.options]
            key = lengths.pop(question.text.right[0])
            longest += key > max(lengths)
            assert max(*lengths, key) <= 1.9 * min(*lengths, key) + 12, question.ref
        assert longest <= len(bank) / 4 + 1, topic.slug


def test_every_lesson_can_be_practised_in_every_kind(pack: Pack) -> None:
    kinds: dict[tuple[str, str | None], set[QuestionKind]] = defaultdict(set)
    counts: Counter[tuple[str, str | None]] = Counter()
    for question in pack.questions:
        if question.pool is Pool.PRACTICE:
            kinds[question.topic, question.lesson].add(question.text.kind)
            counts[question.topic, question.lesson] += 1
    for topic, lesson in lessons(pack):
        assert kinds[topic.slug, lesson.slug] == set(QuestionKind), lesson.slug
        assert counts[topic.slug, lesson.slug] >= 6, lesson.slug


def test_rules_page_says_what_the_settings_do(pack: Pack) -> None:
    rules = next(page.body for page in pack.pages if page.slug == "the-le")
    exam_rules = pack.rules.exam
    for phrase in (
        f"**{exam_rules.questions} câu hỏi trắc nghiệm**",
        f"**{exam_rules.minutes} phút**",
        f"**{exam_rules.grace_seconds} giây**",
        "mỗi chuyên đề 5 câu, gồm 2 câu dễ, 2 câu vừa và 1 câu khó",
        "từ 0h00 ngày 11/10/2025 đến hết ngày 11/11/2025",
        f"từ {pack.rules.story.min_words} đến {pack.rules.story.max_words} từ",
    ):
        assert phrase in rules
    assert exam_rules.attempts_per_round == exam_rules.attempts_per_day == exam_rules.cooldown_minutes == 0
    order = [rules.index(word) for word in ("Nhiều câu đúng hơn", "ít thời gian hơn", "nộp bài sớm hơn")]
    assert order == sorted(order)
    assert [criterion.value for criterion in pack.rules.ranking] == ["correct", "time_used", "submitted_at"]


def test_privacy_page_names_law_and_terms(pack: Pack) -> None:
    privacy = next(page.body for page in pack.pages if page.slug == "quyen-rieng-tu")
    for phrase in (
        "91/2025/QH15",
        "356/2025/NĐ-CP",
        "2 ngày làm việc",
        "10 ngày",
        "15 ngày",
        "20 ngày",
        "72 giờ",
        "mã hóa",
    ):
        assert phrase in privacy


def test_no_telephone_or_person_is_invented(pack: Pack) -> None:
    texts = [page.body for page in pack.pages] + [words_of(q) for q in pack.questions]
    texts += [lesson.body for _, lesson in lessons(pack)]
    assert [text for text in texts if re.search(r"(?<!\d)(0[35789]\d{8}|\d{12})(?!\d)", text)] == []
    assert pack.head.email.endswith(".example")
    assert pack.rules.certificate.signatory == ""
