"""Laws of every page in every state: each test names one law and lists all pages that break it."""

import re
import unicodedata
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import html5lib
import pytest
from bs4 import Tag
from html5lib.html5parser import ParseError
from werkzeug.exceptions import HTTPException

from tests.support.site import Shown, Site, attributes, own_links, words

REMAINS = re.compile(r"\{\{|\}\}|\{%|\bNone\b|\bUndefined\b|\bundefined\b|&lt;(?:bound|function|Markup)|object at 0x")
ADDRESSES = {"href", "src", "action", "formaction", "hx-get", "hx-post", "hx-push-url", "poster", "srcset", "data"}
# Where content of the organiser stands, which may point elsewhere by a plain link.
MAY_POINT_OUT = "article.lesson a, main a"


def test_every_page_of_the_portal_is_shown(site: Site) -> None:
    """A new address or a new template needs a scene in tests/support/site_scenes."""
    asked = {shown.endpoint for shown in site.shown.values()} | {"assets.static_file"}
    endpoints = {rule.endpoint for rule in site.app.url_map.iter_rules()}
    assert endpoints <= asked, f"never shown: {endpoints - asked}"
    whole = {
        name
        for name in site.app.jinja_env.list_templates(extensions=["html"])
        if "/_" not in name and not name.startswith(("components/", "layouts/", "pdf/")) and name != "base.html"
    }
    assert whole <= site.templates, f"never shown: {whole - site.templates}"


def test_html_is_valid(site: Site) -> None:
    def law(shown: Shown) -> str | None:
        parser = html5lib.HTMLParser(strict=True)
        try:
            parser.parse(shown.html)
        except ParseError as fault:
            (line, column), *_ = parser.errors[0]
            return f"{fault} at {line}:{column}: {shown.html.splitlines()[line - 1][max(0, column - 80) : column + 20]}"
        return None

    site.hold(law)


def test_one_h1_and_the_title_begins_with_it(site: Site) -> None:
    def law(shown: Shown) -> str | None:
        headings = [words(h1.get_text()) for h1 in shown.page.select("h1")]
        assert shown.page.title is not None
        title = words(shown.page.title.get_text())
        if len(headings) != 1 or not headings[0]:
            return f"h1: {headings}"
        return None if title.removeprefix("Lỗi: ").startswith(headings[0]) else f"{title!r} for {headings[0]!r}"

    site.hold(law)


def test_the_title_says_that_there_are_errors(site: Site) -> None:
    """And only then; a page with errors answers 422, or 429 when its form has to wait, and lists and links them all."""

    def law(shown: Shown) -> str | None:
        assert shown.page.title is not None
        said = shown.page.title.get_text().startswith("Lỗi: ")
        summary = shown.page.select_one(".notice.error[role=alert]")
        wrong = shown.response.status_code == 422
        waits = shown.response.status_code == 429 and bool(shown.page.select("main form"))
        if not said == (summary is not None) == (wrong or waits):
            return f"title {said}, summary {summary is not None}, status {shown.response.status_code}"
        linked = {str(a["href"]) for a in summary.select("a")} if summary else set()
        bad = {f"#{tag['id']}" for tag in shown.page.select(".bad input[aria-invalid], .bad textarea, .bad select")}
        bad |= {f"#{tag['id']}" for tag in shown.page.select("fieldset.bad")}
        bad -= {f"#{tag['id']}" for tag in shown.page.select("fieldset.bad input")}
        return None if bad == linked else f"at fields {bad}, in the summary {linked}"

    site.hold(law)


def test_headings_leave_out_no_level(site: Site) -> None:
    def law(shown: Shown) -> list[int] | None:
        levels = [int(h.name[1]) for h in shown.page.select("main h1, main h2, main h3, main h4, main h5, main h6")]
        if summary := shown.page.select("main .notice.error[role=alert] h2"):
            levels = levels[len(summary) :]  # GOV.UK's error summary stands above the h1
        return levels if levels[0] != 1 or any(below - above > 1 for above, below in pairwise(levels)) else None

    site.hold(law)


def test_the_language_is_vietnamese(site: Site) -> None:
    site.hold(lambda shown: not shown.page.select('html[lang="vi"]'))


def test_no_id_twice(site: Site) -> None:
    def law(shown: Shown) -> set[str]:
        ids = [str(tag["id"]) for tag in shown.page.select("[id]")]
        return {name for name in ids if ids.count(name) > 1}

    site.hold(law)


def test_what_refers_within_the_page_finds_it(site: Site) -> None:
    """Labels, descriptions, error summaries, patterns of drawings."""

    def law(shown: Shown) -> set[str]:
        ids = {str(tag["id"]) for tag in shown.page.select("[id]")}
        wanted = set()
        for _, name, value in attributes(shown.page):
            if name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
                wanted |= set(value.split())
            elif name in ("href", "xlink:href", "hx-target") and value.startswith("#"):
                wanted.add(value[1:])
            else:
                wanted |= set(re.findall(r"url\(#([^)]+)\)", value))
        return wanted - ids

    site.hold(law)


def test_every_field_has_a_label_with_words(site: Site) -> None:
    def law(shown: Shown) -> list[str]:
        labels = {str(label.get("for")): words(label.get_text()) for label in shown.page.select("label")}
        fields = shown.page.select("input:not([type=hidden]), select, textarea")
        return [str(field) for field in fields if not labels.get(str(field.get("id"))) and not field.get("aria-label")]

    site.hold(law)


def test_every_group_of_choices_has_a_legend(site: Site) -> None:
    def law(shown: Shown) -> list[str]:
        loose = [str(radio) for radio in shown.page.select("input[type=radio]") if not radio.find_parent("fieldset")]
        mute = [
            str(group)
            for group in shown.page.select("fieldset")
            if not (legend := group.find("legend")) or not words(legend.get_text())
        ]
        return loose + mute

    site.hold(law)


def test_every_link_leads_to_a_page(site: Site) -> None:
    """And a link to a place in a page finds that place. A page may only lead to a fault that it shows itself."""

    def law(shown: Shown) -> list[str]:
        dead = []
        for a in shown.page.select('a[href^="/"]'):
            href, _, place = urljoin(shown.path, str(a["href"])).partition("#")
            status, ids = site.links[shown.scene.who, href]
            if status != 200 and not _says_no(site, shown.scene.who, href):
                dead.append(f"{a['href']}: {status}")
            elif place and place not in ids:
                dead.append(f"{a['href']}: no such place")
        return dead

    assert sum(len(own_links(shown)) for shown in site.pages.values()) > 500
    site.hold(law)


def _says_no(site: Site, who: str, href: str) -> bool:
    """Leads to a page that is meant to say no: a scene shows it."""
    target = site.links[who, href][0]
    again = parse_qs(urlsplit(href).query)["back"][0] if href.startswith("/co-chu/") else href
    again = unquote(again)
    return any(
        unquote(s.path) == again and s.scene.who == who and s.response.status_code == target
        for s in site.pages.values()
    )


def test_every_form_leads_to_a_deed(site: Site) -> None:
    """Its address takes the form's method, and a posting form carries a token."""
    adapter = site.app.url_map.bind("localhost")

    def law(shown: Shown) -> list[str]:
        faults = []
        for form in shown.page.select("form"):
            method = str(form.get("method", "get")).upper()
            buttons = form.select("[formaction]")
            for target in [form["action"], *(button["formaction"] for button in buttons)]:
                try:
                    adapter.match(urlsplit(str(target)).path, method=method)
                except HTTPException as fault:
                    faults.append(f"{method} {target}: {fault}")
            if (method == "POST") != bool(form.select('input[name="csrf_token"][value]:not([value=""])')):
                faults.append(f"token of {form['action']}")
            to_fill = form.select("input:not([type=hidden]):not([disabled]), select, textarea")
            if not form.select("button[type=submit]") and (to_fill or method == "POST"):
                faults.append(f"no button: {form['action']}")
        return faults

    site.hold(law)


def test_one_primary_button_at_most(site: Site) -> None:
    """In the way of one task; lists have one an item, and a notice its own."""

    def law(shown: Shown) -> list[str]:
        primary = [b for b in shown.page.select(".button.primary") if not b.find_parent(class_="card")]
        return [words(b.get_text()) for b in primary] if len(primary) > 1 else []

    site.hold(law)


def test_no_style_or_script_within_the_page(site: Site) -> None:
    def law(shown: Shown) -> list[str]:
        own = "script:not([src]), iframe, object, embed, base, :not(head) > style"  # its sheet: test_headers
        faults = [str(tag)[:200] for tag in shown.page.select(own)]
        faults += [str(tag)[:200] for tag in shown.page.select("script[src]") if words(tag.get_text())]
        for tag, name, value in attributes(shown.page):
            if name == "style" or name.startswith("on") or value.strip().lower().startswith("javascript:"):
                faults.append(f"<{tag.name} {name}={value[:80]!r}>")
        return faults

    site.hold(law)


def test_nothing_is_asked_of_others(site: Site) -> None:
    """Pages load, post to and link to our own addresses only; the organiser's texts may name a foreign page."""

    def law(shown: Shown) -> list[str]:
        texts = {id(a) for a in shown.page.select(MAY_POINT_OUT)}
        return [
            f"<{tag.name} {name}={value!r}>"
            for tag, name, value in attributes(shown.page)
            if name in ADDRESSES
            and not (value.startswith(("/", "#")) and not value.startswith("//"))
            and not (tag.name == "a" and id(tag) in texts and value.startswith("https://"))
        ]

    site.hold(law)


def test_text_is_in_normal_form(site: Site) -> None:
    site.hold(lambda shown: not unicodedata.is_normalized("NFC", shown.html))


def test_nothing_of_a_template_remains(site: Site) -> None:
    """A sheet within the page closes rules with the same brackets."""
    site.hold(lambda shown: REMAINS.findall(re.sub(r"<style>.*?</style>", "", shown.html)))


def _name(tag: Tag) -> str:
    """What is read out for a link or a button."""
    return words(str(tag.get("aria-label") or tag.get_text()))


@pytest.mark.parametrize("what", ["a", "button", "summary", "th", "caption", "legend", "option", "title", "h2", "li"])
def test_words_where_words_are_expected(site: Site, what: str) -> None:
    site.hold(lambda shown: [str(tag)[:200] for tag in shown.page.select(what) if not _name(tag)])


def test_pictures_have_words_or_are_silent(site: Site) -> None:
    def law(shown: Shown) -> list[str]:
        return [str(picture)[:200] for picture in shown.page.select("img, svg") if not _is_told(picture)]

    site.hold(law)


def _is_told(picture: Tag) -> bool:
    if any(tag.get("aria-hidden") == "true" for tag in [picture, *picture.parents] if isinstance(tag, Tag)):
        return True
    if picture.name == "img":
        return picture.has_attr("alt")
    if picture.find_parent("svg"):
        return True  # its outermost drawing is asked
    title = picture.find("title")
    return picture.get("role") == "img" and bool(picture.get("aria-label") or (title and words(title.get_text())))


def test_the_page_has_its_landmarks(site: Site) -> None:
    """One main, reached by the skip link that comes first; navigations are told apart by name."""

    def law(shown: Shown) -> Any:
        first = shown.page.select_one("body a")
        (main,) = shown.page.select("main")
        if first is None or first["href"] != f"#{main['id']}":
            return first
        names = [str(nav.get("aria-label", "")) for nav in shown.page.select("nav")]
        return names if "" in names or len(set(names)) < len(names) else None

    site.hold(law)


def test_larger_type_is_for_those_who_asked(site: Site) -> None:
    asked = {name for name, shown in site.pages.items() if shown.page.select("html.large")}
    assert asked == {name for name in site.pages if name.endswith(", large")}


def test_what_people_wrote_is_only_text(site: Site) -> None:
    """Markup that a contestant or a stranger typed stands there as typed."""
    assert "<script>alert(1)</script>" in site.shown["tell, waiting"].words("textarea")
    for name in ("desk stories", "desk refusal", "desk person, waiting"):
        page = site.shown[name]
        if name != "desk stories" or "Ngô Văn Sẵn" in page.words():  # the crowd's stories come first
            assert '<b style="color:red" onclick="x()">đậm</b>' in page.words("main")
    assert "<b>0000" in site.shown["verified, unknown"].words("main")
    assert site.shown["register, all wrong"].page.select_one("#full_name")["value"] == '<b onclick="x">'  # type: ignore[index]
