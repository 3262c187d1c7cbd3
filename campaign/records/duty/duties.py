"""Writing duties: creating them once by their origin, arming their ladders, and moving many of them in one statement.

Every way to create a duty comes through `create_duties`, so a duty's first rung is always what the rule says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlmodel import Session

from campaign.records.planning.calendars import calendar_of, load_calendar
from campaign.records.planning.ladders import chosen_ladder, ladder_of
from campaign.records.statements import among, insert_new, one_of_words, table_of
from campaign.records.tables import Campaign, Duty, DutyKind, DutyState, Notice, NoticeLine, Submission
from campaign.records.tables.duties import CLIMBING, UNFINISHED, duty_table
from campaign.rules.ladder import RungDue, first_rung_at, next_rung_at
from campaign.rules.papers import CHANGES
from campaign.rules.splitting import SPLIT_KINDS

_line, _notice, _submission = table_of(NoticeLine), table_of(Notice), table_of(Submission)
NOTHING_LEFT = "所列事项均已办结"


@dataclass(frozen=True, slots=True)
class DutyDraft:
    """A duty to be. `waiting` until its phase opens or its event is reported; then, or when created open, its ladder is armed."""

    campaign_id: int
    phase_id: int
    unit_id: int
    kind: str
    origin: str
    title: str
    ladder_id: int
    due_at: datetime | None
    due_source: str = "phase"
    waiting: bool = False
    required: bool = True
    floor_rung: int = 0
    event_name: str | None = None
    event_days: str | None = None
    item_id: int | None = None
    requirement_id: int | None = None
    series_id: int | None = None
    submission_id: int | None = None
    finding_id: int | None = None
    notice_id: int | None = None
    parent_id: int | None = None
    review_step_id: int | None = None
    keeps_ladder: bool = False
    """The ladder is this one, whatever the campaign chose for its phase and kind."""
    stated_due_at: datetime | None = None
    """The deadline as it was given, where `due_at` was moved off a rest day."""


DRAFTED = tuple(field.name for field in fields(DutyDraft))


class RungClock:
    """Asks the rule once for each distinct question of a transaction and remembers the answer."""

    def __init__(self, tx: Session, calendar: str = "cn") -> None:
        self._tx, self._calendar = tx, load_calendar(tx, calendar)
        self._first: dict[tuple[int, datetime, datetime, int], RungDue | None] = {}
        self._next: dict[tuple[int, int, datetime, datetime, int], datetime | None] = {}

    def first(self, ladder_id: int, due_at: datetime, opened_at: datetime, floor_rung: int) -> RungDue | None:
        key = (ladder_id, due_at, opened_at, floor_rung)
        if key not in self._first:
            self._first[key] = first_rung_at(ladder_of(self._tx, ladder_id), due_at=due_at, opened_at=opened_at, floor_rung=floor_rung, calendar=self._calendar)
        return self._first[key]

    def first_at(self, ladder_id: int, due_at: datetime, opened_at: datetime, floor_rung: int) -> datetime | None:
        found = self.first(ladder_id, due_at, opened_at, floor_rung)
        return None if found is None else found.at

    def after(self, ladder_id: int, rung: int, due_at: datetime, delivered_at: datetime, floor_rung: int) -> datetime | None:
        key = (ladder_id, rung, due_at, delivered_at, floor_rung)
        if key not in self._next:
            self._next[key] = next_rung_at(
                ladder_of(self._tx, ladder_id), rung=rung, due_at=due_at, delivered_at=delivered_at, calendar=self._calendar, floor_rung=floor_rung
            )
        return self._next[key]


def clock_of(tx: Session, campaign_id: int) -> RungClock:
    """The clock of a campaign's calendar, one a transaction."""
    clocks: dict[tuple[str, int], RungClock] = tx.info.setdefault("clocks", {})
    calendar = calendar_of(tx, campaign_id)
    return clocks.setdefault((calendar.name, id(calendar)), RungClock(tx, calendar.name))


def create_duties(tx: Session, drafts: Sequence[DutyDraft], now: datetime, clock: RungClock | None = None) -> list[int]:
    """Create what is not there yet (by origin); answers the ids of the new ones. A draft created twice is one duty."""
    rows = []
    for draft in drafts:
        row = {name: getattr(draft, name) for name in DRAFTED}
        waiting, stated, kept = row.pop("waiting"), row.pop("stated_due_at"), row.pop("keeps_ladder")
        ladder_id = draft.ladder_id if kept else chosen_ladder(tx, draft.campaign_id, draft.phase_id, draft.kind, draft.ladder_id)
        row |= {
            "state": DutyState.WAITING if waiting else DutyState.OPEN,
            "first_due_at": stated or draft.due_at,
            "ladder_id": ladder_id,
            "opened_at": now,
            "title": draft.title[:300],
            "next_rung_at": None,
        }
        if not waiting and draft.due_at is not None:
            row["next_rung_at"] = (clock or clock_of(tx, draft.campaign_id)).first_at(ladder_id, draft.due_at, now, draft.floor_rung)
        rows.append(row)
    created: list[int] = []
    for start in range(0, len(rows), 1000):
        created += insert_new(tx, Duty, rows[start : start + 1000])
    return created


def open_waiting(tx: Session, chosen: ColumnElement[bool], now: datetime, clock: RungClock | None = None) -> list[int]:
    """Open waiting duties that have a due time and wait for no event, arming their ladders; answers their ids."""
    condition = chosen & (duty_table.c.state == DutyState.WAITING) & duty_table.c.due_at.is_not(None)
    alike = (duty_table.c.campaign_id, duty_table.c.ladder_id, duty_table.c.due_at, duty_table.c.floor_rung)
    groups: dict[tuple[int, int, datetime, int], list[int]] = {}
    for row in tx.execute(select(duty_table.c.id, *alike).where(condition).order_by(duty_table.c.id)).all():
        groups.setdefault((row.campaign_id, row.ladder_id, row.due_at, row.floor_rung), []).append(row.id)
    opened: list[int] = []
    for (campaign_id, ladder_id, due_at, floor_rung), ids in groups.items():
        at = (clock or clock_of(tx, campaign_id)).first_at(ladder_id, due_at, now, floor_rung)
        opened += tx.execute(_OPEN, {"b_ids": ids, "b_now": now, "b_due_at": due_at, "b_next_at": at}).scalars().all()
    return opened


def start_revision(tx: Session, duty: Duty, *, due_at: datetime, now: datetime, state: DutyState, source: str) -> None:
    """A new deadline: the ladder starts again, but never below the rung that was reached. What the old one has put on unsent papers leaves them.

    A part of a split duty stays due no later than the whole: its own new deadline is cut, and a whole that is due earlier draws its parts along.
    """
    if duty.parent_id is not None:
        due_at = min(due_at, tx.execute(select(duty_table.c.due_at).where(duty_table.c.id == duty.parent_id)).scalar_one() or due_at)
    earlier = duty.due_at is not None and due_at < duty.due_at
    duty.floor_rung = max(duty.floor_rung, duty.rung)
    duty.revision += 1
    duty.rung = 0
    duty.due_at, duty.due_source, duty.state = due_at, source, state
    duty.next_rung_at = clock_of(tx, duty.campaign_id).first_at(duty.ladder_id, due_at, now, duty.floor_rung) if state in CLIMBING else None
    tx.add(duty)
    tx.flush()
    take_off_papers(tx, [_known(duty)], now, steps_only=True)
    if earlier and duty.parent_id is None:
        later = (duty_table.c.parent_id == duty.id) & (duty_table.c.due_at > due_at) & duty_table.c.state.in_((*CLIMBING, DutyState.SUSPENDED))
        for part in tx.execute(select(Duty).where(later).order_by(duty_table.c.id)).scalars().all():
            start_revision(tx, part, due_at=due_at, now=now, state=DutyState(part.state), source=source)


# Built once: whatever ends or is handed in comes through these, one by one and by thousands.
_DISARM = update(duty_table).where(among(duty_table.c.id), duty_table.c.next_rung_at.is_not(None)).values(next_rung_at=None)
_COLLECTING = (
    select(_notice.c.id)
    .where(_notice.c.id == _line.c.notice_id, one_of_words(_notice.c.state, ("open", "draft")), _notice.c.kind != CHANGES)  # that it has ended is its news
    .exists()
)
_LEAVE = (
    update(_line).where(among(_line.c.duty_id), _line.c.removed_at.is_(None), _COLLECTING).values(removed_at=bindparam("b_now")).returning(_line.c.notice_id)
)
_LEAVE_STEPS = _LEAVE.where(_line.c.escalation_id.is_not(None))
_LISTED = select(_line.c.id).where(_line.c.notice_id == _notice.c.id, _line.c.removed_at.is_(None)).exists()
_DROP_DRAFTS = (
    update(_notice).where(among(_notice.c.id), _notice.c.state == "draft", ~_LISTED).values(state="empty", closed_reason=NOTHING_LEFT).returning(_notice.c.id)
)
# Asked again of state and deadline: another may have moved them since they were read.
_OPEN = (
    update(duty_table)
    .where(among(duty_table.c.id), duty_table.c.state == DutyState.WAITING, duty_table.c.due_at == bindparam("b_due_at"))
    .values(state=DutyState.OPEN, opened_at=bindparam("b_now"), next_rung_at=bindparam("b_next_at"))
    .returning(duty_table.c.id)
)
_TO_SIGN = select(duty_table.c.id).where(among(duty_table.c.notice_id), duty_table.c.kind == DutyKind.SIGN, one_of_words(duty_table.c.state, UNFINISHED))
_CANCEL = (
    update(duty_table)
    .where(among(duty_table.c.id), one_of_words(duty_table.c.state, UNFINISHED))
    .values(state=DutyState.CANCELLED, next_rung_at=None, finished_at=bindparam("b_now"), closed_reason=bindparam("b_reason"))
    .returning(duty_table.c.id)
)


def stop_ladders(tx: Session, duty_ids: Iterable[int], now: datetime) -> None:
    """Finished or handed-in duties are told no more: their lines leave notices that have not gone out."""
    ids = list(duty_ids)
    if ids:
        tx.execute(_DISARM, {"b_ids": ids})
        take_off_papers(tx, ids, now)


def take_off_papers(tx: Session, duty_ids: Iterable[int], now: datetime, *, steps_only: bool = False) -> None:
    """Lines of these duties leave notices that have not gone out; with `steps_only` those of ladder steps. A draft with nothing left asks for no signature."""
    touched = set(tx.execute(_LEAVE_STEPS if steps_only else _LEAVE, {"b_ids": list(duty_ids), "b_now": now}).scalars())
    drafts = list(tx.execute(_DROP_DRAFTS, {"b_ids": sorted(touched)}).scalars()) if touched else []
    if drafts:
        _cancel(tx, tx.execute(_TO_SIGN, {"b_ids": drafts}).scalars().all(), now, NOTHING_LEFT)


def _cancel_asked(tx: Session, asked: ColumnElement[bool], now: datetime, reason: str) -> None:
    """What somebody was asked to do has become pointless: those duties end without a verdict."""
    _cancel(tx, tx.execute(select(duty_table.c.id).where(asked, duty_table.c.state.in_(UNFINISHED))).scalars().all(), now, reason)


def _cancel(tx: Session, ids: Sequence[int], now: datetime, reason: str) -> None:
    if ids:
        take_off_papers(tx, tx.execute(_CANCEL, {"b_ids": ids, "b_now": now, "b_reason": reason}).scalars().all(), now)


def waiting_for(tx: Session, campaign: Campaign, event_name: str) -> list[Duty]:
    """Duties of a campaign that wait for this event."""
    chosen = (duty_table.c.campaign_id == campaign.id) & (duty_table.c.event_name == event_name) & (duty_table.c.state == DutyState.WAITING)
    return list(tx.execute(select(Duty).where(chosen).order_by(duty_table.c.id)).scalars())


def awaited_events(tx: Session, campaign: Campaign) -> list[str]:
    """The names of events that duties of a campaign wait for."""
    chosen = (duty_table.c.campaign_id == campaign.id) & duty_table.c.event_name.is_not(None) & (duty_table.c.state == DutyState.WAITING)
    return list(tx.execute(select(duty_table.c.event_name).where(chosen).distinct().order_by(duty_table.c.event_name)).scalars())


def finish(tx: Session, duty: Duty, state: DutyState, now: datetime, reason: str | None = None) -> None:
    """End a duty: accepted, waived or cancelled. Ended otherwise than by a verdict, nobody need review it any more."""
    unheard = duty.state == DutyState.SUBMITTED and state != DutyState.ACCEPTED
    duty.state, duty.next_rung_at, duty.finished_at = state, None, now
    duty.closed_reason = reason
    tx.add(duty)
    tx.flush()
    stop_ladders(tx, [_known(duty)], now)
    if unheard:
        versions = select(_submission.c.id).where(_submission.c.duty_id == duty.id)
        about = duty_table.c.submission_id.in_(versions) & duty_table.c.kind.in_((DutyKind.REVIEW, DutyKind.RECHECK))
        _cancel_asked(tx, about, now, reason or "")
    if state != DutyState.ACCEPTED and duty.kind in SPLIT_KINDS and duty.parent_id is None:
        _end_parts(tx, duty, now, reason or "")


def _end_parts(tx: Session, duty: Duty, now: datetime, reason: str) -> None:
    """Parts of what is owed no more are owed no more, and what was handed in for them needs no review."""
    ids = list(tx.execute(select(duty_table.c.id).where(duty_table.c.parent_id == duty.id, duty_table.c.state.in_(UNFINISHED))).scalars())
    if ids:
        _cancel_asked(tx, duty_table.c.submission_id.in_(select(_submission.c.id).where(_submission.c.duty_id.in_(ids))), now, reason)
        _cancel_asked(tx, duty_table.c.id.in_(ids), now, reason)


def lock(tx: Session, duty: Duty) -> Duty:
    """See the duty as it is now, and let nobody else change it until the transaction ends: before every decision about its state."""
    tx.refresh(duty, with_for_update=True)
    return duty


def _known(duty: Duty) -> int:
    assert duty.id is not None
    return duty.id
