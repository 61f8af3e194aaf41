"""Column shapes that several tables share."""

from enum import StrEnum

from sqlalchemy import Enum


def one_of(kind: type[StrEnum]) -> Enum:
    """A StrEnum kept as its text with a CHECK, so both databases refuse anything else."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=20,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )
