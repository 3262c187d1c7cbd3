"""How people work, as a model: when a unit signs for its work and hands it in, when the office reviews, and what is sent back and why.

Owns four profiles and the temperaments that a unit may have in them, by lot or by name: a rehearsal and the sample campaign ask the same
model. Refuses chance: every answer is a hash of the seed and of what is asked about, so that the same seed plays the same campaign whatever
the order of the questions, and one duty more changes no other.

People act once a working day, in the afternoon, behind that day's passes; so a year is some two hundred and fifty moments.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from campaign.rules.calendar import CAMPAIGN_ZONE, WorkingCalendar, campaign_day, due_on

ACTS_AT = time(15, 0)


class Profile(StrEnum):
    ON_TIME = "on-time"
    MIXED = "mixed"
    LATE = "late"
    SILENT = "silent"

    @property
    def label(self) -> str:
        return {"on-time": "都按时办结", "mixed": "有早有晚", "late": "普遍拖延", "silent": "无人办理"}[self.value]


@dataclass(frozen=True, slots=True)
class Temperament:
    """Working days around the deadline within which a unit hands in (negative is before), and how often its work is sent back."""

    name: str
    earliest: int
    latest: int
    returned: float
    never: float = 0.0


PUNCTUAL = Temperament("按时", -5, -1, 0.03)
LAST_MINUTE = Temperament("踩点", -1, 0, 0.08)
SLOW = Temperament("催办后办", 1, 3, 0.12)
DRAGGING = Temperament("督办后办", 3, 9, 0.15, 0.04)
MUTE = Temperament("不办", 0, 0, 0.0, 1.0)
MIX: dict[Profile, tuple[tuple[float, Temperament], ...]] = {
    Profile.ON_TIME: ((0.7, PUNCTUAL), (1.0, LAST_MINUTE)),
    Profile.MIXED: ((0.5, PUNCTUAL), (0.7, LAST_MINUTE), (0.88, SLOW), (0.97, DRAGGING), (1.0, MUTE)),
    Profile.LATE: ((0.1, LAST_MINUTE), (0.5, SLOW), (0.95, DRAGGING), (1.0, MUTE)),
    Profile.SILENT: ((1.0, MUTE),),
}
"""Cumulative shares of the units; MIXED is five units of ten punctual and three of a hundred silent."""
OUT_OF_CHARACTER = 0.1
"""A tenth of a unit's work goes as another unit's would: nobody is always the same."""


RETURNS = (
    "台账只有汇总数，缺少分点位明细，请补充",
    "照片没有注明时间和地点，请逐张标注后重报",
    "表中数据与上周报送不一致，请核对后说明原因",
    "缺少单位盖章，请补盖后重新报送",
)


@dataclass(frozen=True, slots=True)
class People:
    profile: Profile
    seed: int = 1
    natures: Mapping[str, Temperament] = field(default_factory=dict)
    otherwise: Temperament | None = None
    """Units that `natures` names, and what all others are; with neither, a unit's temperament falls by lot."""

    def temperament(self, unit: str, origin: str = "") -> Temperament:
        """Of a unit; for one duty in ten, somebody else's. Who does nothing does nothing at all."""
        known = self.natures.get(unit, self.otherwise)
        odd = bool(origin) and known is not MUTE and self._chance("odd", unit, origin) < OUT_OF_CHARACTER
        if known is not None and not odd:
            return known
        place = self._chance("temperament", f"{unit}/{origin}" if odd else unit)
        return next(one for share, one in MIX[self.profile] if place < share)

    def acknowledges_at(self, unit: str, origin: str, opened_at: datetime, calendar: WorkingCalendar) -> datetime | None:
        """Most sign for what they got within two working days; a silent unit never does."""
        return None if self.temperament(unit) is MUTE else self.office_acts_at(f"ack:{origin}", opened_at, calendar)

    def why_returned(self, origin: str) -> str:
        return RETURNS[int(self._chance("why", origin) * len(RETURNS))]

    def hands_in_at(self, unit: str, origin: str, revision: int, opened_at: datetime, due_at: datetime, calendar: WorkingCalendar) -> datetime | None:
        """When this work comes in, never before the working day after it was opened; None when it never does."""
        nature = self.temperament(unit, origin)
        if self._chance("never", unit, origin) < nature.never:
            return None
        span = nature.latest - nature.earliest + 1
        wanted = nature.earliest + int(self._chance("day", unit, origin, str(revision)) * span)
        due, first = due_on(due_at), campaign_day(opened_at)
        last = calendar.add_working_days(due, 0) if calendar.is_working(due) else calendar.add_working_days(due, -1)
        day = calendar.add_working_days(last, wanted)
        first = first if nature.latest <= 0 and due <= first else calendar.add_working_days(first, 1)
        return self._moment(max(day, first) if wanted > 0 else max(min(day, last), first), opened_at, calendar)

    def office_acts_at(self, origin: str, asked_at: datetime, calendar: WorkingCalendar) -> datetime:
        """Reviews, signatures and requests: the next working day; one in five the day after."""
        days = 1 if self._chance("office", origin) < 0.8 else 2
        return self._moment(calendar.add_working_days(campaign_day(asked_at), days), asked_at, calendar)

    def sends_back(self, unit: str, origin: str, version: int) -> bool:
        """The first version only: a rehearsal need not show the same paper going round for ever."""
        return version == 1 and self._chance("verdict", unit, origin) < self.temperament(unit, origin).returned

    def _moment(self, day: date, after: datetime, calendar: WorkingCalendar) -> datetime:
        at = datetime.combine(day, ACTS_AT, CAMPAIGN_ZONE)
        return at if at > after else datetime.combine(calendar.add_working_days(day, 1), ACTS_AT, CAMPAIGN_ZONE)

    def _chance(self, *asked: str) -> float:
        digest = hashlib.blake2b("\0".join((str(self.seed), *asked)).encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64
