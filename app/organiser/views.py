"""The organiser's desk."""

from __future__ import annotations
