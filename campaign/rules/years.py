"""The years that a day of a campaign can lie in: one outside was mistyped, and sums of days would leave the calendar."""

from __future__ import annotations

YEARS = range(2000, 2100)
