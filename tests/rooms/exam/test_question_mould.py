"""A paper's questions come from moulds: they must read as components/question.html shows them."""

import random
from dataclasses import replace

import pytest
from flask import Flask, get_template_attribute

from app.services.catalogue import Catalogue
from app.web.questions import question_html, shown_question


@pytest.mark.parametrize("seed", range(3))
def test_a_mould_gives_what_the_template_gives(app: Flask, contest: Catalogue, seed: int) -> None:
    rng = random.Random(seed)
    first = next(iter(contest.versions.values()))
    versions = [
        *contest.versions.values(),
        replace(first, stem='1 < 2 & <b>"3"</b>', options=("<i>checked</i>", "q7-1", "a\nb", "&amp;", "")),
        replace(first, picture='<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>', options=("có", "không")),
    ]
    with app.test_request_context():
        template = get_template_attribute("components/question.html", "question")
        for number, version in enumerate(versions, 1):
            places = range(len(version.options))
            order = tuple(rng.sample(places, len(places)))
            chosen = frozenset(rng.sample(places, rng.randint(0, len(places))))
            total, name = len(versions), f"q{number}"
            assert question_html(version, order, chosen, number=number, total=total, name=name) == template(
                **shown_question(version, order, chosen), number=number, total=total, name=name
            )
