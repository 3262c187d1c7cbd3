"""Which rung of its ladder an overdue duty is on, which comes next, and when. The decision only; somebody else carries it out.

Owns the order of rungs. Refuses ever to take more than one: after an outage of a week the next rung is taken, and the one after it waits
for that one's delivery and its own dwell. Nobody is moved from 催办 to 提请问责 in one sweep.

Reminders differ from the rungs behind them: a reminder has a last moment, the deadline or the next reminder's moment. One that comes too
late is skipped, recorded, and never sent, because "3 days left" is false then. A rung behind the deadline never expires. The floor is the rung reached in an
earlier revision: an extension or a return starts the clock afresh but does not wash off a 督办.

Every answer depends on the arguments alone, so a pass asks once for each group of duties that share them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from campaign.rules.calendar import CAMPAIGN_ZONE, WorkingCalendar, campaign_day, due_on
from campaign.rules.ladder_file import parse_ladder
from campaign.rules.ladder_terms import AUDIENCES, CHANNELS, BadLadder, Ladder, Offset, Rung, Span

__all__ = [
    "AUDIENCES", "CHANNELS", "BadLadder", "EscalationDecision", "Ladder", "Offset", "Rung", "RungDue", "Span",
    "describe", "due_rung", "first_rung_at", "foresee", "moment_of", "next_rung_at", "parse_ladder",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RungDue:
    """The rung that comes next and when; `skipped` are reminders whose moment had passed when the duty opened."""

    rung: Rung
    at: datetime
    skipped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EscalationDecision:
    """What a sweep does with a duty. `take` is None when nothing is due; `next_at` then says when to ask again (None at the top).

    `rung_after` is the duty's rung once this is carried out: the one taken, else the last one skipped, else the one it had.
    """

    take: Rung | None
    skipped: tuple[int, ...]
    reasons: tuple[str, ...]
    rung_after: int
    next_at: datetime | None = None


def moment_of(offset: Offset, due_at: datetime, calendar: WorkingCalendar) -> datetime:
    """When an offset from a deadline falls. Whole days count from the last day for handing in and begin at opening time.

    Due on Wednesday 2026-09-30: `-3wd` is Thursday 09-24 at 9:00, for the three days before the 28th rest (中秋); `+1wd` is Thursday 10-08.
    Calendar days that land on rest days move to a worked day: a reminder to the one before, an overdue rung to the one after.
    """
    if not offset.amount:
        return calendar.next_working_moment(due_at)
    if offset.unit == "h":
        return calendar.add_working_time(due_at, hours=offset.amount)
    last_day, days = due_on(due_at), int(offset.amount)
    if offset.unit == "wd":
        return calendar.opening(calendar.add_working_days(last_day, days))
    day = last_day + timedelta(days=days)
    if not calendar.is_working(day):
        day = calendar.add_working_days(day, -1 if days < 0 else 1)
    return calendar.opening(day)


def after_dwell(rung: Rung, at: datetime, calendar: WorkingCalendar) -> datetime:
    """`at` plus the rung's dwell in working time."""
    if rung.dwell.unit == "wd":
        return calendar.add_working_time(at, days=int(rung.dwell.amount))
    return calendar.add_working_time(at, hours=rung.dwell.amount)


def first_rung_at(ladder: Ladder, *, due_at: datetime, opened_at: datetime, floor_rung: int, calendar: WorkingCalendar, revision: int = 1) -> RungDue | None:
    """The first rung of a fresh revision. Who opens a duty has told the unit just then, so a reminder due at that moment or before is skipped.

    A duty that is overdue when it opens starts at its first overdue rung, with that rung's full dwell after the opening. `revision` only
    documents the call: what an earlier revision leaves behind is its floor.
    """
    skipped: list[int] = []
    for rung in _behind(ladder, 0, floor_rung):
        at = moment_of(rung.when, due_at, calendar)
        if not rung.before_deadline:
            return RungDue(rung, max(at, after_dwell(rung, opened_at, calendar)), tuple(skipped))
        if opened_at < at < due_at:
            return RungDue(rung, at, tuple(skipped))
        skipped.append(rung.number)
    return None


def due_rung(ladder: Ladder, *, rung: int, due_at: datetime, now: datetime, calendar: WorkingCalendar, floor_rung: int) -> EscalationDecision:
    """What a sweep at `now` does with a duty whose last rung is `rung` (0: none yet). Call it for duties whose `next_rung_at` has come:

    the dwell since the last delivery is in that column, not among the arguments.
    """
    skipped: list[int] = []
    reasons: list[str] = []
    behind = [(candidate, moment_of(candidate.when, due_at, calendar)) for candidate in _behind(ladder, rung, floor_rung)]
    for place, (candidate, at) in enumerate(behind):
        if candidate.before_deadline and (why := _too_late(candidate, at, behind[place + 1 :], due_at, now)):
            skipped.append(candidate.number)
            reasons.append(why)
            continue
        after = skipped[-1] if skipped else rung
        if now < at:
            reasons.append(f"“{candidate.name}”要到 {_moment(at)} 才发出")
            return EscalationDecision(None, tuple(skipped), tuple(reasons), after, at)
        reasons.append(_why_taken(candidate, rung, due_at, floor_rung, ladder))
        return EscalationDecision(candidate, tuple(skipped), tuple(reasons), candidate.number)
    reasons.append("已到最高一级，不再升级")
    return EscalationDecision(None, tuple(skipped), tuple(reasons), skipped[-1] if skipped else rung)


def next_rung_at(ladder: Ladder, *, rung: int, due_at: datetime, delivered_at: datetime, calendar: WorkingCalendar, floor_rung: int) -> datetime | None:
    """When the rung after `rung` is due once `rung` was delivered: its own offset, but not before its dwell after the delivery has passed."""
    following = _following(ladder, rung, due_at, delivered_at, calendar, floor_rung)
    return None if following is None else following.at


def describe(ladder: Ladder, due_at: datetime, opened_at: datetime, calendar: WorkingCalendar, *, floor_rung: int = 0) -> tuple[str, ...]:
    """What will happen to a duty that nobody works on, a sentence a rung, if each is delivered at the moment it is taken."""
    told: list[str] = [f"到期：{_day(due_on(due_at))}"]
    step = first_rung_at(ladder, due_at=due_at, opened_at=opened_at, floor_rung=floor_rung, calendar=calendar)
    if step is None:
        return (*told, "不再提醒，也不督办")
    told.extend(f"“{ladder.rung(number).name}”的时间已过，不再发出" for number in step.skipped)
    years = {due_on(due_at).year}
    while step is not None:
        told.append(_sentence(step.rung, step.at))
        years.add(campaign_day(step.at).year)
        step = _following(ladder, step.rung.number, due_at, step.at, calendar, floor_rung)
    estimated = sorted(year for year in years if calendar.coverage(year) == "estimated")
    told.extend(f"{year}年放假安排未公布，暂按法定节假日推算" for year in estimated)
    return tuple(told)


def foresee(ladder: Ladder, *, rung: int, due_at: datetime, next_at: datetime, calendar: WorkingCalendar, floor_rung: int = 0) -> tuple[str, ...]:
    """The same for a duty that has climbed already: from the moment on that is stored as its next."""
    told: list[str] = []
    at: datetime | None = next_at
    for _ in range(2 * len(ladder.rungs) + 2):
        if at is None:
            break
        decision = due_rung(ladder, rung=rung, due_at=due_at, now=at, calendar=calendar, floor_rung=floor_rung)
        told.extend(f"“{ladder.rung(number).name}”的时间已过，不再发出" for number in decision.skipped)
        rung = decision.rung_after
        if decision.take is None:
            at = decision.next_at
            continue
        told.append(_sentence(decision.take, at))
        at = next_rung_at(ladder, rung=rung, due_at=due_at, delivered_at=at, calendar=calendar, floor_rung=floor_rung)
    return tuple(told)


def _following(ladder: Ladder, rung: int, due_at: datetime, delivered_at: datetime, calendar: WorkingCalendar, floor_rung: int) -> RungDue | None:
    skipped: list[int] = []
    for candidate in _behind(ladder, rung, floor_rung):
        at = max(moment_of(candidate.when, due_at, calendar), after_dwell(candidate, delivered_at, calendar))
        if not candidate.before_deadline or at < due_at:
            return RungDue(candidate, at, tuple(skipped))
        skipped.append(candidate.number)
    return None


def _behind(ladder: Ladder, rung: int, floor_rung: int) -> Iterator[Rung]:
    """The rungs that may come after `rung`, in order: reminders, then from the first overdue one or the floor, whichever is higher, upwards."""
    top = len(ladder.rungs)
    floor = min(floor_rung, top)
    for candidate in ladder.rungs[rung:]:
        if candidate.before_deadline or candidate.number >= floor:
            yield candidate


def _too_late(reminder: Rung, at: datetime, later: Sequence[tuple[Rung, datetime]], due_at: datetime, now: datetime) -> str | None:
    if now >= due_at or at >= due_at:
        return f"“{reminder.name}”应在 {_day(due_on(due_at))} 到期前发出，现已逾期，记为跳过"
    for other, moment in later:
        if other.before_deadline and moment <= now:
            return f"“{reminder.name}”的时间已过，由“{other.name}”代替，记为跳过"
    return None


def _why_taken(taken: Rung, rung: int, due_at: datetime, floor_rung: int, ladder: Ladder) -> str:
    if taken.before_deadline:
        return f"{_day(due_on(due_at))} 到期，{taken.when.label}发出“{taken.name}”"
    if rung < (ladder.first_overdue or 0) and 0 < floor_rung == taken.number:
        return f"{_day(due_on(due_at))} 已到期；此前已到“{taken.name}”，延期或退回不降级"
    return f"{_day(due_on(due_at))} 已到期，{taken.when.label}进入“{taken.name}”"


def _sentence(rung: Rung, at: datetime) -> str:
    signing = f"，由{rung.signer}签发后发出" if rung.signed else ""
    score = f"，计分 {rung.score:g}" if rung.score else ""
    return f"{_moment(at)} {rung.name}：{rung.document}送{rung.audience_label}{signing}{score}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（周{'一二三四五六日'[day.weekday()]}）"


def _moment(at: datetime) -> str:
    local = at.astimezone(CAMPAIGN_ZONE)
    return f"{_day(local.date())} {local:%H:%M}"
