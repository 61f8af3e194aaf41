"""What a deed refuses, told to the operator in a sentence."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from app.extensions import db


@contextmanager
def refusing(words: Mapping[type[Exception], str]) -> Iterator[None]:
    """Each of these exceptions inside ends the command with its words; what was written is taken back."""
    try:
        yield
    except tuple(words) as refused:
        db.session.rollback()
        raise click.ClickException(next(said for kind, said in words.items() if isinstance(refused, kind))) from None
