"""The whole site as people meet it: every page in every state worth it is shown once a run, and the laws in tests/site
read what was shown. Which pages there are stands in tests/support/site_scenes.
"""

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask, template_rendered
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.support.gateway import postman_at
from tests.support.leaks import Traces
from tests.support.site_furniture import furnish
from tests.support.site_scenes import CLUSTERED, DEEDS, EMPTY, FURNISHED, REVEALED, ROUNDS, Scene, broken_pages
from tests.support.site_world import World, open_house
from tests.support.stage import (
    broken,
    catalogue_in_memory,
    everything_revealed,
    figures_in_memory,
    several_rounds,
    units_in_clusters,
)
from tests.support.statements import counted


@dataclass(frozen=True)
class Shown:
    """One answer of the portal: what was asked, by whom, what came, and the statements that it took."""

    scene: Scene
    path: str
    endpoint: str | None
    response: TestResponse
    statements: tuple[str, ...]
    typed: str = ""  # what was sent with it

    @property
    def headers(self) -> Any:
        """Headers as sent."""
        return self.response.headers

    @property
    def is_page(self) -> bool:
        """A whole HTML page, not a part for htmx, a file or a redirect."""
        return (
            self.response.mimetype == "text/html"
            and not 300 <= self.response.status_code < 400
            and "HX-Request" not in self.scene.headers
        )

    @cached_property
    def html(self) -> str:
        """The text, unpacked."""
        data = self.response.data
        if self.headers.get("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        return data.decode() if self.response.mimetype in ("text/html", "text/plain") else ""

    @cached_property
    def page(self) -> BeautifulSoup:
        """Parsed as browsers parse."""
        return BeautifulSoup(self.html, "html5lib")

    @cached_property
    def shape(self) -> dict[tuple[str, str], int]:
        """What stands within what, and how many letters the longest word has that it says there."""
        found: dict[tuple[str, str], int] = {}
        for tag in self.page.select("body, body *"):
            said = " ".join(tag.find_all(string=True, recursive=False)).split()
            where = _kind(tag.parent), _kind(tag)
            found[where] = max(found.get(where, 0), *map(len, said), 0)
        return found

    @cached_property
    def on_kiosk(self) -> bool:
        """Whether a kiosk showed it."""
        return 'id="may-chung"' in self.html

    def words(self, *selector: str) -> str:
        """What can be read or heard on the page, blanks folded; below a selector only."""
        found = self.page.select(selector[0]) if selector else [self.page]
        return words("\n".join(part.get_text(" ") for part in found))


_SAYING = ("href", "value", "id", "name", "for", "content")  # attributes whose presence alone shapes nothing


def _kind(tag: Tag | None) -> str:
    """Name, classes, attributes, the type of a field, the column of a cell."""
    assert tag is not None
    column = len(tag.find_previous_siblings()) if tag.name in ("td", "th") else ""
    attributes = [name for name in tag.attrs if name not in _SAYING]
    return f"{tag.name} {tag.get('class')} {attributes} {tag.get('type')} {column}"


def words(text: str) -> str:
    """Blanks folded."""
    return " ".join(text.split())


@dataclass
class Site:
    """Everything that was shown; `links` says where each viewer's links led: final status and the ids there."""

    app: Flask
    shown: dict[str, Shown] = field(default_factory=dict)
    links: dict[tuple[str, str], tuple[int, frozenset[str]]] = field(default_factory=dict)
    templates: set[str] = field(default_factory=set)
    traces: Traces = field(default_factory=Traces)

    @property
    def pages(self) -> dict[str, Shown]:
        """Whole pages by the name of their scene."""
        return {name: shown for name, shown in self.shown.items() if shown.is_page}

    def hold(self, law: Callable[[Shown], Any]) -> None:
        """Fails with a line for each page at which the law finds something."""
        faults = [f"{name}: {found}" for name, shown in self.pages.items() if (found := law(shown))]
        assert not faults, "\n".join(["", *faults])


class Camera:
    """Shows scenes of a world and keeps what was seen."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.site = Site(app)
        self.world: World = open_house(app)
        self._stranger = app.test_client(use_cookies=False)

    def show(self, scenes: list[Scene]) -> None:
        """Each scene once, in order."""
        with catalogue_in_memory(self.app), figures_in_memory(self.app):
            for scene in scenes:
                self._show(scene)

    def _show(self, scene: Scene) -> None:
        path = scene.path.format_map(self.world.places)
        browser = self.world.browsers[scene.who]
        fields = {name: str(value).format_map(self.world.places) for name, value in scene.fields.items()}
        typed = " ; ".join(fields.values())
        if scene.method == "POST" and scene.token:
            fields["csrf_token"] = browser.csrf()
        if scene.name.endswith(", large"):
            browser.client.set_cookie("co-chu", "lon")
        with counted(self.app) as seen:
            response = browser.client.open(
                path,
                method=scene.method,
                data=fields or None,
                headers={"Accept-Encoding": "gzip", **scene.headers},
                buffered=True,  # files are read to their end and closed
            )
        browser.client.delete_cookie("co-chu")
        shown = Shown(scene, path, self._endpoint(path, scene.method), response, tuple(seen), typed)
        assert response.status_code == scene.status, f"{scene.name}: {response.status_code}: {shown.html[:2000]}"
        assert scene.name not in self.site.shown, f"two scenes named {scene.name!r}"
        self.site.shown[scene.name] = shown

    def _endpoint(self, path: str, method: str) -> str | None:
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(urlsplit(path).path, method=method)
        except HTTPException:
            return None
        return str(endpoint)

    def crawl(self) -> None:
        """Follow every link of every page, as the person who sees it; one step deep."""
        with catalogue_in_memory(self.app), figures_in_memory(self.app):
            for shown in self.site.pages.values():
                for href in sorted(own_links(shown)):
                    self._follow(shown.scene.who, href)

    def _follow(self, who: str, href: str) -> tuple[int, frozenset[str]]:
        where = (who, href)
        if where not in self.site.links:
            self.site.links[where] = self._arrive(who, href)
        return self.site.links[where]

    def _arrive(self, who: str, href: str) -> tuple[int, frozenset[str]]:
        if href.startswith("/co-chu/"):  # leads back to a page, in other type: where to, not again what is there
            return self._follow(who, self._stranger.get(href).headers["Location"])
        response = self.world.browsers[who].client.get(href, follow_redirects=True)
        ids = re.findall(r'\sid="([^"]+)"', response.text) if response.mimetype == "text/html" else []
        return response.status_code, frozenset(ids)


def own_links(shown: Shown) -> set[str]:
    """Addresses of our own that a page links to, without fragments; links within the page are left out."""
    found = {
        urljoin(shown.path, str(a["href"])).partition("#")[0] for a in shown.page.select('a[href]:not([href^="#"])')
    }
    return {href for href in found if href.startswith("/")}


def attributes(page: BeautifulSoup) -> Iterator[tuple[Tag, str, str]]:
    """Every attribute of every element, lists joined."""
    for tag in page.find_all(True):
        for name, value in tag.attrs.items():
            yield tag, name, value if isinstance(value, str) else " ".join(value)


def show_site(app: Flask, *, crowd: SimpleNamespace, extra: Callable[[World], list[Scene]] = lambda _: []) -> Site:
    """The whole site of an empty portal; leaves the people in it. `crowd`: registered, finishers, attempts, visits."""
    camera = Camera(app)
    traces = camera.site.traces
    noting = template_rendered.connected_to(lambda _app, template, **_: camera.site.templates.add(template.name), app)
    with noting, postman_at(app), traces.logging(app):
        camera.show(EMPTY)
        furnish(camera.world, crowd)
        camera.show(FURNISHED + extra(camera.world))
        camera.crawl()
        traces.note_people(app)
        camera.show(DEEDS)
        for scene, endpoint, fault in broken_pages():
            with broken(app, endpoint, fault):
                camera.show([scene])
        with everything_revealed(app):
            camera.show(REVEALED)
        with units_in_clusters(app):
            camera.show(CLUSTERED)
            with several_rounds(app):
                camera.show(ROUNDS)
                camera.crawl()
        traces.note_people(app)
        traces.note_database(app)
    return camera.site
