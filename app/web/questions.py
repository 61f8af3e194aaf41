"""A question as people see it; exam and practice both fill components/question.html with it."""

from collections.abc import Collection
from typing import Any

from markupsafe import Markup

from app.models import QuestionKind
from app.services.catalogue import VersionInfo


def shown_question(version: VersionInfo, order: tuple[int, ...], chosen: Collection[int]) -> dict[str, Any]:
    """Stem, picture, kind and options; `order[shown place] = place in the version`, `chosen` holds shown places."""
    return {
        "stem": version.stem,
        # Checked by the pack's allow-list when it was loaded.
        "picture": Markup(version.picture) if version.picture else None,  # noqa: S704
        "kind": "many" if version.kind is QuestionKind.SEVERAL else "one",
        "options": [
            {"value": place, "label": version.options[original], "checked": place in chosen}
            for place, original in enumerate(order)
        ],
    }
