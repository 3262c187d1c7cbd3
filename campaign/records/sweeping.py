"""The set-based sweep: which duties are due, and one batch of them taking its next rung.

A batch is six statements whatever its size. The claim comes first: the UPDATE marks its rows with the pass and re-checks the due column,
so a duty handed in a moment ago is not among them, and the statements after it see exactly what was claimed. The rest is
INSERT … ON CONFLICT, so a batch that is done again changes nothing.

Written as SQL, not built: the CROSS JOINs fix the order for SQLite's planner (due ids first, rows by primary key after them), which
otherwise scans the duties, and the + keeps it off the index of the pass; PostgreSQL reads both as if they were not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, bindparam, func, insert, select, text
from sqlmodel import Session

from campaign.records.calendars import calendar_of
from campaign.records.duties import duty_table as duty
from campaign.records.ladders import ladder_of
from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Notice, PassDecision, PassDue
from campaign.rules.calendar import campaign_day
from campaign.rules.ladder import EscalationDecision, due_rung

BATCH = 10_000
_due, _decision, _notice, _campaign = table_of(PassDue), table_of(PassDecision), table_of(Notice), table_of(Campaign)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a batch did: duties escalated, reminders skipped, drafts that now wait for a signature."""

    escalated: int = 0
    skipped: int = 0
    drafts: tuple[int, ...] = ()

    def __add__(self, other: Swept) -> Swept:
        return Swept(self.escalated + other.escalated, self.skipped + other.skipped, self.drafts + other.drafts)


def any_due(tx: Session, now: datetime) -> bool:
    """One index look-up, whatever the table's size. Rehearsals are not among what the clock sweeps."""
    rehearsed = list(tx.execute(select(_campaign.c.id).where(_campaign.c.rehearsal)).scalars())
    due = select(duty.c.id).where(duty.c.next_rung_at <= now).limit(1)
    return tx.execute(due.where(duty.c.campaign_id.not_in(rehearsed)) if rehearsed else due).first() is not None


def count_due(tx: Session, now: datetime, campaign_id: int | None) -> int:
    """How many duties a sweep of this campaign, or of all but rehearsals, would look at."""
    due = select(func.count()).select_from(duty).where(duty.c.next_rung_at <= now, duty.c.state.in_(("open", "returned")))
    if campaign_id is not None:
        return int(tx.execute(due.where(duty.c.campaign_id == campaign_id)).scalar_one())
    return int(tx.execute(due.where(duty.c.campaign_id.not_in(select(_campaign.c.id).where(_campaign.c.rehearsal)))).scalar_one())


def next_rung_time(tx: Session) -> datetime | None:
    rehearsed = list(tx.execute(select(_campaign.c.id).where(_campaign.c.rehearsal)).scalars())
    first = select(func.min(duty.c.next_rung_at)).where(duty.c.next_rung_at.is_not(None))
    at: datetime | None = tx.execute(first.where(duty.c.campaign_id.not_in(rehearsed)) if rehearsed else first).scalar_one_or_none()
    return at


def collect_due(tx: Session, pass_id: int, now: datetime, *, campaign_id: int | None = None, phase_id: int | None = None) -> int:
    """Put the due ids into the pass's table, in batches by primary key; answers how many batches."""
    rehearsed = " AND campaign_id NOT IN (SELECT id FROM campaign WHERE rehearsal)" if campaign_id is None else ""
    only = rehearsed + "".join(f" AND {column} = :{column}" for column, value in (("campaign_id", campaign_id), ("phase_id", phase_id)) if value is not None)
    filled: Any = tx.execute(
        _timed(f"""INSERT INTO pass_due (pass_id, batch, duty_id)
            SELECT :pass, (row_number() OVER (ORDER BY id) - 1) / :size, id FROM duty
            WHERE next_rung_at <= :now AND state IN ('open', 'returned'){only}"""),  # noqa: S608 - column names from this line's own tuple
        {"pass": pass_id, "size": BATCH, "now": now}
        | {name: value for name, value in (("campaign_id", campaign_id), ("phase_id", phase_id)) if value is not None},
    )
    if not filled.rowcount:
        return 0
    if tx.get_bind().dialect.name == "postgresql":
        tx.execute(text("ANALYZE pass_due"))  # without statistics its planner scans the duties once a batch
    return (int(filled.rowcount) - 1) // BATCH + 1


def sweep_batch(tx: Session, pass_id: int, batch: int, now: datetime) -> Swept:
    """Take the next rung of each duty of a batch: claim, notices, escalations, lines, deliveries."""
    if tx.get_bind().dialect.name == "postgresql":
        # Two sweeps over the same duties lock them in one order, and so wait for each other instead of dying of each other.
        tx.execute(_LOCK, {"pass": pass_id, "batch": batch})
    decisions = _decide(tx, pass_id, batch, now)
    if not decisions:
        return Swept()
    bound = {"pass": pass_id, "batch": batch, "now": now, "day": campaign_day(now)}
    skipped = sum(_record_skip(tx, bound, number) for number in sorted({number for decision in decisions for number in decision.skipped}))
    tx.execute(_CLAIM, {key: bound[key] for key in ("pass", "batch", "now")})
    tx.execute(_NOTICES, bound)
    escalated: Any = tx.execute(_ESCALATIONS, bound)
    if not escalated.rowcount:
        return Swept(skipped=skipped)
    tx.execute(_LINES, {key: bound[key] for key in ("pass", "batch")})
    tx.execute(_DELIVERIES, {key: bound[key] for key in ("pass", "now")})
    drafts = tx.execute(select(_notice.c.id).where(_notice.c.pass_id == pass_id, _notice.c.state == "draft")).scalars()
    return Swept(escalated.rowcount, skipped, tuple(drafts))


def forget_due(tx: Session, pass_id: int) -> None:
    """The working rows of a pass are of no use after it."""
    tx.execute(_due.delete().where(_due.c.pass_id == pass_id))
    tx.execute(_decision.delete().where(_decision.c.pass_id == pass_id))


def _decide(tx: Session, pass_id: int, batch: int, now: datetime) -> list[EscalationDecision]:
    """Ask the rule once for each distinct question of the batch, and store the answers to join them."""
    groups = tx.execute(
        select(duty.c.campaign_id, duty.c.ladder_id, duty.c.rung, duty.c.floor_rung, duty.c.due_at)
        .join(_due, _due.c.duty_id == duty.c.id)
        .where(_due.c.pass_id == pass_id, _due.c.batch == batch, duty.c.next_rung_at <= now)
        .distinct()
    ).all()
    if not groups:
        return []
    decisions, rows = [], []
    for group in groups:
        calendar = calendar_of(tx, group.campaign_id)
        decision = due_rung(ladder_of(tx, group.ladder_id), rung=group.rung, due_at=group.due_at, now=now, calendar=calendar, floor_rung=group.floor_rung)
        decisions.append(decision)
        rows.append(
            {"pass_id": pass_id, "batch": batch, "campaign_id": group.campaign_id, "ladder_id": group.ladder_id, "rung": group.rung,
             "floor_rung": group.floor_rung, "due_at": group.due_at,
             "take": decision.take.number if decision.take else 0, "rung_after": decision.rung_after, "next_rung_at": decision.next_at}
        )  # fmt: skip
    tx.execute(_decision.delete().where(_decision.c.pass_id == pass_id, _decision.c.batch == batch))
    tx.execute(insert(_decision), rows)
    return decisions


def _record_skip(tx: Session, bound: dict[str, Any], number: int) -> int:
    """A reminder that came too late is recorded, not sent."""
    done: Any = tx.execute(
        _timed("""INSERT INTO escalation (duty_id, revision, rung, taken_at, skipped, pass_id)
            SELECT d.id, d.revision, :number, :now, TRUE, :pass
            FROM pass_due q CROSS JOIN duty d CROSS JOIN pass_decision a
            WHERE q.pass_id = :pass AND q.batch = :batch AND d.id = q.duty_id AND d.next_rung_at <= :now AND d.state IN ('open', 'returned')
              AND a.pass_id = :pass AND a.batch = :batch AND a.campaign_id = d.campaign_id AND a.ladder_id = d.ladder_id AND a.rung = d.rung
              AND a.floor_rung = d.floor_rung AND a.due_at = d.due_at AND a.rung < :number AND a.rung_after >= :number AND (a.take = 0 OR :number < a.take)
              AND EXISTS (SELECT 1 FROM rung r WHERE r.ladder_id = d.ladder_id AND r.number = :number AND r.before_deadline)
            ON CONFLICT DO NOTHING"""),
        {key: bound[key] for key in ("pass", "batch", "now")} | {"number": number},
    )
    return int(done.rowcount)


def _timed(statement: str) -> TextClause:
    """A statement whose times and days are bound by the columns' own types: SQLite compares their text."""
    clause = text(statement)
    if ":now" in statement:
        clause = clause.bindparams(bindparam("now", type_=duty.c.next_rung_at.type))
    if ":day" in statement:
        clause = clause.bindparams(bindparam("day", type_=_notice.c.day.type))
    return clause


_LOCK = text("SELECT 1 FROM duty d JOIN pass_due q ON d.id = q.duty_id WHERE q.pass_id = :pass AND q.batch = :batch ORDER BY d.id FOR UPDATE OF d")

_CLAIM = _timed("""
    UPDATE duty SET rung = a.rung_after, next_rung_at = a.next_rung_at, last_pass_id = CASE WHEN a.take > 0 THEN :pass ELSE duty.last_pass_id END
    FROM pass_due q CROSS JOIN pass_decision a
    WHERE q.pass_id = :pass AND q.batch = :batch AND duty.id = q.duty_id AND duty.next_rung_at <= :now AND duty.state IN ('open', 'returned')
      AND a.pass_id = :pass AND a.batch = :batch AND a.campaign_id = duty.campaign_id AND a.ladder_id = duty.ladder_id AND a.rung = duty.rung
      AND a.floor_rung = duty.floor_rung AND a.due_at = duty.due_at""")

_CLAIMED = """
    FROM pass_due q CROSS JOIN duty d CROSS JOIN rung r
    WHERE q.pass_id = :pass AND q.batch = :batch AND d.id = q.duty_id AND d.last_pass_id = :pass AND d.next_rung_at IS NULL AND d.state IN ('open', 'returned')
      AND r.ladder_id = d.ladder_id AND r.number = d.rung
      AND NOT EXISTS (SELECT 1 FROM escalation e WHERE e.duty_id = d.id AND e.revision = d.revision AND e.rung = d.rung)"""

# DO UPDATE rather than DO NOTHING: it locks the open notice, so that the sender cannot close it before this batch's lines are in.
_NOTICES = _timed(f"""
    INSERT INTO notice (campaign_id, unit_id, kind, rung, ladder_id, day, batch, state, title, created_at, pass_id)
    SELECT d.campaign_id, d.unit_id, r.document, coalesce(r.digest, r.number), min(d.ladder_id), :day, CASE WHEN r.signed THEN :pass ELSE 0 END,
           CASE WHEN r.signed THEN 'draft' ELSE 'open' END, r.document, :now, :pass {_CLAIMED}
    GROUP BY d.campaign_id, d.unit_id, r.document, coalesce(r.digest, r.number), r.signed
    ON CONFLICT (campaign_id, unit_id, kind, rung, day, batch) WHERE state IN ('open', 'draft') DO UPDATE SET pass_id = excluded.pass_id""")

_ESCALATIONS = _timed(f"""
    INSERT INTO escalation (duty_id, revision, rung, taken_at, skipped, notice_id, pass_id)
    SELECT d.id, d.revision, d.rung, :now, FALSE, n.id, :pass
    FROM pass_due q CROSS JOIN duty d CROSS JOIN rung r CROSS JOIN notice n {_CLAIMED.split("rung r", 1)[1]}
      AND n.campaign_id = d.campaign_id AND n.unit_id = d.unit_id AND n.kind = r.document AND n.rung = coalesce(r.digest, r.number) AND n.day = :day
      AND n.batch = CASE WHEN r.signed THEN :pass ELSE 0 END AND n.state IN ('open', 'draft')
    ON CONFLICT DO NOTHING""")  # noqa: S608 - constants

_LINES = _timed("""
    INSERT INTO notice_line (notice_id, duty_id, escalation_id)
    SELECT e.notice_id, e.duty_id, e.id FROM pass_due q CROSS JOIN escalation e
    WHERE q.pass_id = :pass AND q.batch = :batch AND e.duty_id = q.duty_id AND +e.pass_id = :pass AND NOT e.skipped
    ON CONFLICT (notice_id, duty_id) DO UPDATE SET escalation_id = excluded.escalation_id, removed_at = NULL""")

_DELIVERIES = _timed("""
    INSERT INTO delivery (notice_id, number, channel, audience, state, idempotency_key, attempts, next_attempt_at, recipients)
    SELECT n.id, 1, r.channel, r.audience, 'pending', 'n' || n.id || '-1', 0, :now, '[]'
    FROM notice n CROSS JOIN rung r
    WHERE n.pass_id = :pass AND n.state = 'open' AND r.ladder_id = n.ladder_id AND r.number = n.rung
    ON CONFLICT DO NOTHING""")
