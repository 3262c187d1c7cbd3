"""Three messages a day at most for a person, whatever posts he holds: who has had them reads the rest in one 督办汇总单 the next day.

A paper whose people have all had theirs waits until the next day as a whole; where somebody else of its addressees takes it, it goes out, and
those who have had theirs are put off: what it lists joins their summary, one message a campaign. A paper with a text of its own (a bulletin)
has nothing to list and is sent to them again the next day. Urgent rungs reach everybody at once and count. What began to go out is not asked
again: its retries and other channels go to whom the first sending went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from campaign.records.papers import told
from campaign.records.papers.afresh import add_copy
from campaign.records.papers.manners import MESSAGES_A_DAY
from campaign.records.papers.outbox import collect_lines
from campaign.records.people.addressing import PersonRow
from campaign.records.planning.calendars import calendar_of
from campaign.records.tables import Campaign
from campaign.rules.calendar import campaign_day
from campaign.rules.papers import SUMMARY
from campaign.rules.sending import next_sending, window_of
from campaign.work.papers.addressing import ONE_PERSON, resolve_addressees


class Crowding:
    """One batch of a sender: made with its transaction, asked row by row, and written at the end."""

    def __init__(self, tx: Session, now: datetime) -> None:
        self._tx, self._now, self._day = tx, now, campaign_day(now)
        self._people: dict[int, list[PersonRow]] = {}
        self._told: dict[tuple[int, int], bool] = {}
        self._new: dict[tuple[int, int], bool] = {}
        self._papers: dict[int, Any] = {}
        self._count = Counter[int]()

    def __call__(self, rows: Sequence[Any]) -> Crowding:
        self._people = resolve_addressees(self._tx, rows, self._now)
        persons = {person for people in self._people.values() for person in _ids(people)}
        if persons:
            told.keep_persons(self._tx, persons)
        self._count = told.messages_on(self._tx, persons, self._day) if persons else Counter()
        self._told = told.people_told(self._tx, {row.notice_id for row in rows}) if persons else {}
        return self

    def admits(self, row: Any) -> bool:
        ids = _ids(self._people[row.delivery_id])
        again = row.audience.startswith(ONE_PERSON)
        asked = [one for one in ids if (known := self._told.get((row.notice_id, one))) is None or (again and known)]
        room = [one for one in asked if row.urgent or self._count[one] < MESSAGES_A_DAY]
        has_it = any(self._told.get((row.notice_id, one)) is False for one in ids) or any(person[5] is None for person in self._people[row.delivery_id])
        if asked and not room and not has_it:
            return False
        for one in asked:
            self._told[row.notice_id, one] = self._new[row.notice_id, one] = one not in room
            self._count[one] += one in room
        if len(room) < len(asked):
            self._papers[row.notice_id] = row
        return True

    def addressees(self, delivery_id: int, notice_id: int) -> list[PersonRow]:
        """Without those who are put off, unless nobody else is left of those who were told before."""
        people = self._people[delivery_id]
        return [person for person in people if person[5] is None or not self._told.get((notice_id, person[5]), False)] or people

    def write(self) -> None:
        """Who is told, and the summaries of those who are not."""
        if not self._new:
            return
        told.write_told(self._tx, self._new, self._day)
        put_off = sorted(key for key, waits in self._new.items() if waits)
        listed = told.duties_listed(self._tx, {notice_id for notice_id, _ in put_off}) if put_off else {}
        for notice_id, person_id in put_off:
            row = self._papers[notice_id]
            campaign = self._tx.get_one(Campaign, row.campaign_id)
            send_at = next_sending(self._now, calendar_of(self._tx, row.campaign_id), window_of(campaign.settings), after_today=True)
            if row.has_body:
                add_copy(self._tx, _Paper(notice_id), audience=f"{ONE_PERSON}{person_id}", key=f"n{notice_id}-p{person_id}", now=send_at)
                continue
            lines = [(campaign.office_unit_id, duty_id) for duty_id in listed.get(notice_id, ())]
            collect_lines(self._tx, campaign_id=row.campaign_id, kind=SUMMARY, duties=lines, now=self._now, audience=f"{ONE_PERSON}{person_id}",
                          batch=person_id, send_at=send_at)  # fmt: skip


class _Paper:
    """A paper as it is sent again: by the way of messages without a rung."""

    channel = None

    def __init__(self, notice_id: int) -> None:
        self.id = notice_id


def _ids(people: Sequence[PersonRow]) -> list[int]:
    """Each person once: who holds two posts gets one message."""
    return list(dict.fromkeys(person[5] for person in people if person[5] is not None))
