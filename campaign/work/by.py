"""Who does a thing, why, and at what moment: the first argument of every use case that changes something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class By:
    actor: str
    now: datetime
    reason: str = ""
