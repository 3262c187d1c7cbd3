"""Where each part of a hand-edited plan stands in its file.

Owns the map from a place in the plan (`("items", 3, "lead_unit")`) to a line. A place that is not written down has the line of what
surrounds it, because that is where a person has to add it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class LineMap:
    rows: Mapping[Place, int] = field(default_factory=dict)

    def line(self, *place: str | int) -> int | None:
        """The line of `place`, or of the nearest part around it; None when nothing is known."""
        for length in range(len(place), -1, -1):
            row = self.rows.get(place[:length])
            if row is not None:
                return row
        return None
