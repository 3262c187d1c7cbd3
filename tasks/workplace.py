"""Owns what a run needs of its process: the opened records, the way out for notices, the zone, the portal's address.

Opened once a process, never inside a task: channels and the one writer connection of SQLite are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from campaign.engine.client import noted_address
from campaign.errors import NotAllowed
from campaign.records.campaigns import find_campaign
from campaign.records.store import Store
from campaign.work.running.pass_steps import Services
from campaign.work.running.passes import PassRequest
from campaign.work.running.services import services_from
from config.settings import Settings, load_settings


@dataclass(frozen=True)
class Workplace:
    store: Store
    services: Services
    zone: ZoneInfo
    portal_url: str
    settings: Settings

    def refuse_future(self, request: PassRequest, clock: datetime) -> None:
        """A time ahead of the clock exists in rehearsals only: a real unit must not be told today what is due next month."""
        if request.now <= clock:
            return
        if request.campaign is not None:
            with self.store.read() as tx:
                if find_campaign(tx, request.campaign).rehearsal:
                    return
        raise NotAllowed("「按此时间推演」晚于现在，而所选活动不是演练：请清空该栏，或选择一个演练活动。", code="future")


@cache
def workplace() -> Workplace:
    """From the environment, like every edge of the product."""
    settings = load_settings()
    store = Store.open(settings.data_dir, settings.database_url)
    portal = noted_address(settings.data_dir, "portal") or f"http://127.0.0.1:{settings.portal_port}"
    return Workplace(store, services_from(settings), settings.zone, portal, settings)
