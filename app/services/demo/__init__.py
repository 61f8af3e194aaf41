"""An invented contest of any size: to be looked at, and to be measured. Everything in it says that it is invented."""

from app.services.demo.filling import fill
from app.services.demo.wanted import Refused, Wanted

__all__ = ["Refused", "Wanted", "fill"]
