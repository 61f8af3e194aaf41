"""The real ten days, replayed."""
