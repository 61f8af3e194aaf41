"""Deeds, one a file: keyword-only functions over plain values and `now`. They flush and never commit."""
