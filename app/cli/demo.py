"""`flask demo …`: an invented contest at full size, to see and to measure."""

from flask.cli import AppGroup

cli = AppGroup("demo", help="Dữ liệu minh họa.")
