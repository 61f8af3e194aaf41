"""A browser without JavaScript over Flask's test client: real links, real forms, CSRF on.

Every room test written with it is a test that the page works without a script.
"""

from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

Fields = dict[str, Any]


class Visitor:
    """One browser with its cookies. `page` is the parsed page it looks at, `status` its code, `path` its address."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.response: TestResponse
        self.path = "/"
        self.page = BeautifulSoup("", "html.parser")

    @property
    def status(self) -> int:
        """Status code of the last answer."""
        return self.response.status_code

    @property
    def text(self) -> str:
        """Words of the page, blanks folded."""
        return " ".join(self.page.get_text(" ").split())

    @property
    def h1(self) -> str:
        """The page's one heading."""
        (heading,) = self.page.find_all("h1")
        return " ".join(heading.get_text(" ").split())

    def visit(self, path: str, **options: Any) -> "Visitor":
        """GET, following redirects as browsers do."""
        return self._arrive(self.client.get(path, follow_redirects=True, **options))

    def click(self, label: str) -> "Visitor":
        """Follow the first link with these words."""
        link = next((a for a in self.page.find_all("a") if label in " ".join(a.get_text(" ").split())), None)
        assert link is not None, f"no link {label!r} on {self.path}"
        return self.visit(urljoin(self.path, str(link["href"])))

    def form_with(self, button: str) -> Tag:
        """The form that has a button with these words."""
        found = next((b for b in self.page.find_all("button") if button in b.get_text()), None)
        assert found is not None, f"no button {button!r} on {self.path}: {self.text[:300]}"
        form = found.find_parent("form")
        assert isinstance(form, Tag)
        return form

    def submit(self, button: str, **fields: Any) -> "Visitor":
        """Press a button: the form's own values, changed by `fields`; a field that the form lacks is an error.

        A list sends several values, None sends none (an unticked box).
        """
        form = self.form_with(button)
        values = form_values(form)
        known = {
            str(control["name"]) for control in form.find_all(["input", "select", "textarea"]) if control.get("name")
        }
        assert set(fields) <= known, f"no such fields: {set(fields) - known}"
        values.update(fields)
        pressed = next(b for b in form.find_all("button") if button in b.get_text())
        if pressed.get("name"):
            values[str(pressed["name"])] = str(pressed.get("value", ""))
        action = str(pressed.get("formaction") or form.get("action") or self.path)
        data = {name: value for name, value in values.items() if value is not None}
        if str(form.get("method", "get")).lower() == "get":
            return self._arrive(self.client.get(urljoin(self.path, action), query_string=data, follow_redirects=True))
        return self.post(urljoin(self.path, action), data)

    def post(self, path: str, data: Fields) -> "Visitor":
        """POST from the page we stand on."""
        headers = {"Referer": f"http://localhost{self.path}"}
        return self._arrive(self.client.post(path, data=data, headers=headers, follow_redirects=True))

    def csrf(self) -> str:
        """A token for a POST that no form of this page makes."""
        page = BeautifulSoup(self.client.get("/dang-nhap", follow_redirects=True).text, "html.parser")
        return str(page.select("input[name=csrf_token]")[0]["value"])

    def value(self, name: str) -> Any:
        """What a field of the page holds now."""
        for form in self.page.find_all("form"):
            values = form_values(form)
            if name in values:
                return values[name]
        return None

    def _arrive(self, response: TestResponse) -> "Visitor":
        self.response = response
        self.path = urlsplit(response.request.url).path
        html = response.text if response.mimetype == "text/html" else ""
        self.page = BeautifulSoup(html, "html.parser")
        return self


def form_values(form: Tag) -> Fields:
    """What a browser would send for this form as it stands."""
    values: Fields = {}
    for control in form.find_all(["input", "select", "textarea"]):
        name = str(control.get("name") or "")
        if not name or control.has_attr("disabled"):
            continue
        if control.name == "textarea":
            values[name] = control.get_text().removeprefix("\r\n").removeprefix("\n")
        elif control.name == "select":
            chosen = control.find("option", selected=True) or control.find("option")
            values[name] = str(chosen.get("value", "")) if chosen else ""
        elif control.get("type") in ("radio", "checkbox"):
            if control.has_attr("checked"):
                _add(values, name, str(control.get("value", "on")))
        else:
            _add(values, name, str(control.get("value", "")))
    return values


def _add(values: Fields, name: str, value: str) -> None:
    if name in values:
        before = values[name]
        values[name] = [*before, value] if isinstance(before, list) else [before, value]
    else:
        values[name] = value
