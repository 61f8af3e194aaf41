"""A shared computer keeps nobody's files."""

import pytest

from app.models import Entry
from tests.rooms.kiosk.conftest import Come


@pytest.mark.parametrize("kind", ["html", "json"])
def test_my_data_is_not_downloaded_there(come: Come, entry: Entry, kind: str) -> None:
    kiosk = come(entry.account).visit("/toi/du-lieu")
    assert "Máy dùng chung không giữ tệp của ai." in kiosk.text
    assert not kiosk.page.select("a[href*='tai-ve']")
    assert kiosk.visit(f"/toi/du-lieu/tai-ve.{kind}").path == "/toi/du-lieu"
