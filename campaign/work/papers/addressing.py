"""Who a paper goes to, found at the moment of sending: a successor and a deputy are found without anything being changed, and the people of
whatever unit goes on with one that was merged while its paper was on its way.

A paper to a unit is delivered to people of that unit or not at all: with nobody who has an address it reaches no channel, whatever a file or a
webhook would take, and the office serves it by hand. Copies keep the limit of messages: what a lead unit should know is one paper a day, and
what the office should know stands in its daily digest. A paper of a kind that speaks about a unit to those above it goes to them, and where the
register knows none of them to the office, which takes it there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from campaign.records.papers.outbox import Outgoing, collect_lines
from campaign.records.people import addressing
from campaign.records.people.addressing import PersonRow
from campaign.records.people.merging import goes_on_as
from campaign.records.tables import Campaign
from campaign.rules.calendar import campaign_day
from campaign.rules.papers import COPY_TO_LEAD

ABOUT_A_UNIT = frozenset({"提请问责建议函", "督办情况报告"})
ONE_PERSON = "person:"
"""The audience of a paper that is sent afresh to a successor."""


class Addressed(Protocol):
    """A delivery as far as it says who should get it."""

    @property
    def delivery_id(self) -> int: ...
    @property
    def campaign_id(self) -> int: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def audience(self) -> str: ...


def resolve_addressees(tx: Session, outgoing: Sequence[Addressed], now: datetime) -> dict[int, list[PersonRow]]:
    """Delivery → people. Empty where nobody can be reached; the office itself is always there, as whoever reads its outbox."""
    today = campaign_day(now)
    campaigns = {campaign_id: tx.get_one(Campaign, campaign_id) for campaign_id in {one.campaign_id for one in outgoing}}
    offices = {campaign_id: campaign.office_unit_id for campaign_id, campaign in campaigns.items()}
    now_at = goes_on_as(tx, {one.unit_id for one in outgoing})
    people = addressing.people_of(tx, {one.unit_id for one in outgoing} | set(offices.values()) | set(now_at.values()), today)
    people |= {unit_id: people.get(heir, []) for unit_id, heir in now_at.items()}
    upward = {one.campaign_id for one in outgoing if one.kind in ABOUT_A_UNIT}
    heads = addressing.heads_of(tx, upward, today) if upward else {}
    answer: dict[int, list[PersonRow]] = {}
    for one in outgoing:
        office = offices[one.campaign_id]
        if one.audience.startswith(ONE_PERSON):
            found = addressing.person_row(tx, int(one.audience.removeprefix(ONE_PERSON)), today)
        elif one.kind in ABOUT_A_UNIT:
            found = _above(one, people.get(one.unit_id, []) if one.unit_id == office else [], people.get(office, []), heads.get(one.campaign_id, []))
        else:
            found = _of_unit(one, people.get(one.unit_id, []))
        if not found and office in (one.unit_id, office if one.kind in ABOUT_A_UNIT else None):
            found = [("office", "办公室", None, None, None, None)]
        answer[one.delivery_id] = found
    return answer


def copy_to_lead_units(tx: Session, delivered: Sequence[Outgoing], now: datetime, pass_id: int | None = None) -> None:
    """Whoever leads an item learns which units of it are urged: one paper a day and lead unit, however many there are."""
    copied = [one.notice_id for one in delivered if "lead_unit" in one.audience.split(",")]
    if not copied:
        return
    led: dict[int, list[tuple[int, int]]] = {}
    for campaign_id, unit_id, duty_id in addressing.led_lines(tx, copied):
        led.setdefault(campaign_id, []).append((unit_id, duty_id))
    for campaign_id, lines in led.items():
        collect_lines(tx, campaign_id=campaign_id, kind=COPY_TO_LEAD, duties=lines, now=now, pass_id=pass_id)


def _of_unit(one: Addressed, people: Sequence[PersonRow]) -> list[PersonRow]:
    """Those the rung names; where the unit has none of them, whoever it has."""
    relations = set(one.audience.split(","))
    return [person for person in people if person[0] in relations] or list(people)


def _above(one: Addressed, own: Sequence[PersonRow], office: Sequence[PersonRow], heads: Sequence[PersonRow]) -> list[PersonRow]:
    relations = set(one.audience.split(","))
    named = [person for person in (*own, *office) if person[0] in relations]
    if "group_head" in relations and not any(person[0] == "group_head" for person in named):
        named += heads
    if "office" in relations or not named:
        named += [person for person in office if person not in named]
    return list(dict.fromkeys(named))
