"""One request of the site, and the usual ways to write it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Scene:
    """One request. `{names}` in path and fields are filled from World.places; a name that ends in ", large" is read in
    large type."""

    name: str
    who: str
    path: str
    status: int = 200
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    token: bool = True


def get(name: str, who: str, path: str, status: int = 200) -> Scene:
    """Look at a page."""
    return Scene(name, who, path, status)


def post(name: str, who: str, path: str, status: int, /, **fields: str) -> Scene:
    """Send a form."""
    return Scene(name, who, path, status, fields, method="POST")


def by_htmx(scene: Scene) -> Scene:
    """The same, asked by htmx."""
    return replace(scene, headers={"HX-Request": "true"})


# What the forgetful type; their code is wrong unless a scene says another.
RECOVERY: dict[str, str] = {"identifier": "0900000077", "code": "7K3F-9QXM-2B4D", "new": "một câu thật riêng"}
