"""How the portal speaks: no shouting, no bureaucratese, no English where Vietnamese has a word, one normal form."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import ROOT
from tests.support.site import Shown, Site

TEMPLATES = sorted((ROOT / "app" / "templates").rglob("*.html"))
SOURCES = sorted((ROOT / "app").rglob("*.py"))
TEXTS = [*TEMPLATES, *SOURCES, *sorted(p for p in (ROOT / "contests").rglob("*") if p.is_file())]
# On paper, and on the page that hands the paper over, one may be glad aloud.
MAY_REJOICE = {"pdf/certificate.html", "certificate/mine.html"}
GLAD = ("certificate", "kiosk certificate")
BUREAUCRATESE = (
    "tiến hành",
    "thực hiện việc",
    "nhằm mục đích",
    "quý vị",
    "quý khách",
    "kính mời",
    "đề nghị quý",
    "hệ thống sẽ",
    "không hợp lệ",
)
ENGLISH = [
    "account",
    "admin",
    "answer",
    "back",
    "browser",
    "button",
    "cancel",
    "certificate",
    "check",
    "click",
    "close",
    "confirm",
    "contest",
    "dashboard",
    "delete",
    "download",
    "edit",
    "error",
    "exam",
    "false",
    "feedback",
    "file",
    "form",
    "forum",
    "home",
    "info",
    "invalid",
    "link",
    "loading",
    "login",
    "logout",
    "menu",
    "name",
    "next",
    "none",
    "null",
    "offline",
    "ok",
    "online",
    "organiser",
    "page",
    "paper",
    "password",
    "phone",
    "previous",
    "profile",
    "quiz",
    "ranking",
    "register",
    "required",
    "result",
    "round",
    "save",
    "score",
    "search",
    "sign",
    "story",
    "submit",
    "summary",
    "test",
    "time",
    "topic",
    "true",
    "undefined",
    "unit",
    "update",
    "upload",
    "user",
    "username",
    "view",
    "warning",
    "website",
]
MARK = re.compile(r"\{#.*?#\}|\{%.*?%\}|<style>.*?</style>|<!doctype html>|<[^>]*>", re.S)
VIETNAMESE = re.compile(r"[À-ỹĐđ]")


def _short(path: Path) -> str:
    return path.relative_to(ROOT / "app" / "templates").as_posix()


def _template_words(path: Path) -> str:
    """What a template says by itself: its text, and the texts that it hands to components."""
    source = path.read_text(encoding="utf-8")
    without_comments = re.sub(r"\{#.*?#\}", "", source, flags=re.S)
    handed = re.findall(r"'([^'\n]*)'", " ".join(re.findall(r"\{[{%].*?[%}]\}", without_comments, re.S)))
    return "\n".join([re.sub(r"\{\{.*?\}\}", " ", MARK.sub(" ", source), flags=re.S), *handed])


def _source_words(path: Path) -> Iterator[str]:
    """Vietnamese texts in code, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        said = node.value if isinstance(node, ast.Constant) and id(node) not in told else None
        if isinstance(said, str) and VIETNAMESE.search(said):
            yield said


def _found(words: tuple[str, ...] | list[str], text: str) -> list[str]:
    low = text.lower()
    return [word for word in words if re.search(rf"(?<![\w/.-]){re.escape(word)}(?![\w/.@-])", low)]


def test_the_net_catches() -> None:
    """The laws below would see what they forbid."""
    assert _found(ENGLISH, "Bấm vào link này") == ["link"]
    assert not _found(ENGLISH, "Xem /static/link.css, linkage")
    assert _found(BUREAUCRATESE, "Bạn hãy Tiến hành đăng ký") == ["tiến hành"]
    assert sum(len(list(_source_words(path))) for path in SOURCES) > 100


@pytest.mark.parametrize("path", TEMPLATES, ids=_short)
def test_templates_speak_calmly_and_in_vietnamese(path: Path) -> None:
    said = _template_words(path)
    if _short(path) not in MAY_REJOICE:
        assert "!" not in said.replace("!=", "")
    assert not _found(BUREAUCRATESE, said)


def test_messages_speak_calmly() -> None:
    """Texts in code: forms, refusals, commands. Invented stories of the demonstration are people's own words."""
    faults = []
    for path in SOURCES:
        if "demo" in path.parts:
            continue
        for said in _source_words(path):
            if re.search(r"(?<!<)!(?!r})", said) or _found(BUREAUCRATESE, said):
                faults.append(f"{path.relative_to(ROOT)}: {said}")
    assert not faults, "\n".join(faults)


def _visible(shown: Shown) -> str:
    """What can be read or heard, but for what people wrote themselves and the operator's commands."""
    page = shown.page
    for tag in page.select("style, blockquote, textarea, .story, code"):
        tag.extract()
    heard = [str(tag.get(name)) for name in ("aria-label", "alt", "placeholder") for tag in page.select(f"[{name}]")]
    described = [str(tag["content"]) for tag in page.select('meta[name="description"]')]
    return " ".join([page.get_text(" "), *heard, *described])


@pytest.fixture(scope="module")
def visible(small_site: Site) -> dict[str, str]:
    """Visible words of all pages of the small contest, on pages parsed anew: other laws read the whole ones."""
    return {
        name: _visible(Shown(shown.scene, shown.path, shown.endpoint, shown.response, ()))
        for name, shown in small_site.pages.items()
    }


def test_no_english_is_left_on_any_page(visible: dict[str, str]) -> None:
    faults = {name: found for name, said in visible.items() if (found := _found(ENGLISH, said))}
    assert not faults


def test_no_page_shouts_or_talks_like_an_office(visible: dict[str, str]) -> None:
    faults = {
        name: found
        for name, said in visible.items()
        if (found := _found(BUREAUCRATESE, said) + (["!"] if "!" in said and name not in GLAD else []))
    }
    assert not faults


def test_numbers_and_times_are_vietnamese(visible: dict[str, str]) -> None:
    """`70.949`, `59,4 %`, `15h30 ngày 21/10/2025`; never ISO dates, thousands with commas, or a time zone."""
    assert "70.949" in visible["front"]
    assert re.search(r"\d,\d\u00a0%", visible["units"])
    assert re.search(r"\d\dh\d\d ngày \d\d/\d\d/\d{4}", visible["front"])
    foreign = re.compile(r"\b\d{4}-\d\d-\d\d|\+00:00|\b\d{1,3},\d{3}\b|\d\.\d+ ?%|\d%")
    assert not {name: found for name, said in visible.items() if (found := foreign.findall(said))}


@pytest.mark.parametrize("folder", ["app/templates", "app/static", "contests", "tests/support/packs", "app"])
def test_files_are_in_normal_form(folder: str) -> None:
    files = [
        path
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".html", ".py", ".md", ".gift", ".toml", ".csv", ".svg", ".css", ".js", ".txt")
    ]
    assert files
    broken = [str(path) for path in files if not unicodedata.is_normalized("NFC", path.read_text(encoding="utf-8-sig"))]
    assert not broken
