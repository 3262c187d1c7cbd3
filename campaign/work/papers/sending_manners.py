"""When a campaign's messages go out and how many numbered papers a unit may get in a month: read, checked and changed by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from campaign.errors import CampaignError
from campaign.records.log import write_event
from campaign.records.papers import manners
from campaign.records.tables import Campaign
from campaign.rules.calendar import campaign_day
from campaign.rules.sending import Window, window_of
from campaign.work.by import By

MOST_PAPERS = 1000


@dataclass(frozen=True, slots=True)
class Burden:
    """The cap, and the units that got numbered papers this month, most first."""

    cap: int
    units: tuple[tuple[str, int], ...]

    @property
    def over(self) -> tuple[tuple[str, int], ...]:
        return tuple((unit, count) for unit, count in self.units if count > self.cap)


def sending_window(campaign: Campaign) -> Window:
    return window_of(campaign.settings)


def set_hours(tx: Session, campaign: Campaign, by: By, *, opens: str | None = None, closes: str | None = None, rest_days: bool | None = None) -> Window:
    """What is given changes; a window that is none is refused before anything is written."""
    known: Mapping[str, Any] = campaign.settings.get("sending") or {}
    given = {"from": opens, "to": closes, "rest_days": rest_days}
    wanted = {**known, **{name: value for name, value in given.items() if value is not None}}
    window = window_of({"sending": wanted})
    campaign.settings = campaign.settings | {"sending": wanted}
    tx.add(campaign)
    write_event(tx, at=by.now, actor=by.actor, verb="sending_hours", reason=by.reason, campaign_id=campaign.id, detail=wanted)
    return window


def set_cap(tx: Session, campaign: Campaign, cap: int, by: By) -> None:
    if not 1 <= cap <= MOST_PAPERS:
        raise CampaignError(f"月度上限应为 1 到 {MOST_PAPERS} 件。", code="bad_cap")
    campaign.settings = campaign.settings | {"paper_cap": cap}
    tx.add(campaign)
    write_event(tx, at=by.now, actor=by.actor, verb="paper_cap_set", reason=by.reason, campaign_id=campaign.id, detail={"cap": cap})


def burden_of(tx: Session, campaign: Campaign, now: datetime) -> Burden:
    assert campaign.id is not None
    rows = manners.papers_in_month(tx, campaign.id, campaign_day(now))
    return Burden(int(campaign.settings.get("paper_cap", manners.PAPERS_A_MONTH)), tuple((unit, count) for _, unit, count in rows))
