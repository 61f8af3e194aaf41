"""Pages that are forgotten by a request while the keeper goes through them."""

from app.services.rollups import Page
from app.web.snapshots import Snapshot, Snapshots

PAGE = Page("/?", "a1", "text/html", b"g", b"b")


class Interrupted(Snapshot):
    """At the first look the store is cleared, as another thread may do."""

    def __init__(self, store: Snapshots) -> None:
        super().__init__(PAGE)
        self.store = store

    def __getattribute__(self, name: str) -> object:
        if name == "page":
            super().__getattribute__("store").clear()
        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "good_until" and hasattr(self, "store"):
            self.store.clear()


def hot_store() -> Snapshots:
    store = Snapshots()
    for path in ("/?", "/so-lieu?"):
        store._hot[path, False] = Interrupted(store)
    return store


def test_the_tags_are_told_all_the_same() -> None:
    assert hot_store().hot_tags() == {"/?": "a1", "/so-lieu?": "a1"}


def test_new_pages_are_taken_all_the_same() -> None:
    store = hot_store()
    store.heat([], good_until=1.0)
    assert store.hot_tags() == {}
