"""The set-based sweep: which duties are due, and some of them taking their next rung.

The due ids lie in a real table in parts of 250 by primary key; a transaction takes a range of parts, as many as fit its time, in six statements
whatever their number. The claim comes first: the UPDATE marks its rows with the pass and re-checks the due column, so a duty handed in a moment
ago is not among them, and the statements after it see exactly what was claimed. The rest is INSERT … ON CONFLICT, so parts that are done again
change nothing.

Written as SQL, not built: the CROSS JOINs are the order in which the rows are to be looked up (due ids first, everything else by its key after
them), and the + keeps SQLite off the index of the pass. Left to themselves both planners now and then scan the duties instead, once a batch:
a sweep that needs 2 s then takes 20. SQLite keeps the order of a CROSS JOIN; PostgreSQL does for as long as `as_written` lasts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, TextClause, bindparam, func, insert, select, text
from sqlmodel import Session

from campaign.records.planning.calendars import calendar_of
from campaign.records.planning.ladders import ladder_of
from campaign.records.statements import as_written, table_of
from campaign.records.tables import Campaign, Notice, PassDecision, PassDue
from campaign.records.tables.duties import duty_table as duty
from campaign.rules.calendar import campaign_day
from campaign.rules.ladder import EscalationDecision, due_rung

PART = 250
"""Due rows that stay together: the least that a transaction takes, some 0.1 s where each row lies on a page of its own."""
PARTS = 40
"""Parts of a batch, which is one task run: 10,000 rows."""
_due, _decision, _notice, _campaign = table_of(PassDue), table_of(PassDecision), table_of(Notice), table_of(Campaign)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a transaction did: duties escalated, reminders skipped, drafts that now wait for a signature, and steps by campaign."""

    escalated: int = 0
    skipped: int = 0
    drafts: tuple[int, ...] = ()
    steps: dict[int, int] = field(default_factory=dict)


def count_due(tx: Session, now: datetime, campaign_id: int | None) -> int:
    """How many duties a sweep of this campaign, or of all but rehearsals, would look at."""
    due = select(func.count()).select_from(duty).where(duty.c.next_rung_at <= now)
    if campaign_id is not None:
        return int(tx.execute(due.where(duty.c.campaign_id == campaign_id)).scalar_one())
    return int(tx.execute(due.where(duty.c.campaign_id.in_(select(_campaign.c.id).where(~_campaign.c.rehearsal)))).scalar_one())


def collect_due(tx: Session, pass_id: int, now: datetime, *, campaign_id: int | None = None, phase_id: int | None = None) -> int:
    """Put the due ids into the pass's table, in parts by primary key; answers how many parts. Read from the index alone."""
    named = {name: value for name, value in (("campaign_id", campaign_id), ("phase_id", phase_id)) if value is not None}
    with as_written(tx):
        filled: Any = tx.execute(_collect(campaign_id is not None, phase_id is not None), {"pass": pass_id, "size": PART, "now": now} | named)
    return -(-int(filled.rowcount) // PART)


@cache
def _collect(of_campaign: bool, of_phase: bool) -> TextClause:
    whose = "c.id = :campaign_id" if of_campaign else "NOT c.rehearsal"
    only = " AND d.phase_id = :phase_id" if of_phase else ""
    return _timed(f"""INSERT INTO pass_due (pass_id, batch, duty_id)
        SELECT :pass, (row_number() OVER (ORDER BY d.id) - 1) / :size, d.id FROM campaign c CROSS JOIN duty d
        WHERE {whose} AND d.campaign_id = c.id AND d.next_rung_at <= :now{only}""")  # noqa: S608 - constants


def sweep_parts(tx: Session, pass_id: int, parts: range, now: datetime) -> Swept:
    """Take the next rung of each duty of these parts: claim, notices, escalations, lines, deliveries."""
    with as_written(tx):
        return _sweep(tx, {"pass": pass_id, "first": parts[0], "last": parts[-1], "now": now})


def _sweep(tx: Session, bound: dict[str, Any]) -> Swept:
    postgres = tx.get_bind().dialect.name == "postgresql"
    mine = {key: bound[key] for key in ("pass", "first", "last")}
    timed = mine | {"now": bound["now"]}
    dated = timed | {"day": campaign_day(bound["now"])}
    if postgres:
        # Two sweeps over the same duties lock them in one order, and so wait for each other instead of dying of each other.
        tx.execute(_LOCK, mine)
    decided = _decide(tx, timed)
    if not decided:
        return Swept()
    skipped = sum(_record_skip(tx, timed, number) for number in sorted({number for decision, _ in decided.values() for number in decision.skipped}))
    tx.execute(_CLAIM_BY_KEY if postgres else _CLAIM, timed)
    steps: Counter[int] = Counter()
    for group, (decision, duties) in decided.items():
        steps[group[0]] += duties * (len(decision.skipped) + (decision.take is not None))
    taking = sum(duties for decision, duties in decided.values() if decision.take)
    if not taking:
        return Swept(skipped=skipped, steps=dict(steps))
    tx.execute(_NOTICES, dated)
    escalated: Any = tx.execute(_ESCALATIONS, dated)
    tx.execute(_LINES, mine)
    tx.execute(_DELIVERIES, timed)
    signed = any(decision.take and decision.take.signed for decision, _ in decided.values())
    drafts = tuple(tx.execute(_DRAFTS, mine).scalars()) if signed else ()
    return Swept(int(escalated.rowcount), skipped, drafts, dict(steps))


def forget_due(tx: Session, pass_id: int) -> None:
    """The working rows of a pass are of no use after it."""
    tx.execute(_FORGET_DUE, {"b_pass": pass_id})
    tx.execute(_FORGET_DECIDED, {"b_pass": pass_id})


def _decide(tx: Session, bound: dict[str, Any]) -> dict[tuple[Any, ...], tuple[EscalationDecision, int]]:
    """Ask the rule once for each distinct question among the parts, and store the answers to join them; with how many duties ask it.

    >>> {(campaign, ladder, rung, floor, due_at): (decision, duties)}
    """
    groups = tx.execute(_GROUPS, bound).all()
    if not groups:
        return {}
    decided, rows = {}, []
    for *key, duties in groups:
        campaign_id, ladder_id, rung, floor_rung, due_at = key
        decision = due_rung(ladder_of(tx, ladder_id), rung=rung, due_at=due_at, now=bound["now"], calendar=calendar_of(tx, campaign_id), floor_rung=floor_rung)
        decided[tuple(key)] = (decision, duties)
        rows.append(
            {"pass_id": bound["pass"], "batch": bound["first"], "campaign_id": campaign_id, "ladder_id": ladder_id, "rung": rung,
             "floor_rung": floor_rung, "due_at": due_at,
             "take": decision.take.number if decision.take else 0, "rung_after": decision.rung_after, "next_rung_at": decision.next_at}
        )  # fmt: skip
    tx.execute(_DECIDE_ANEW, {"b_pass": bound["pass"], "b_batch": bound["first"]})
    tx.execute(_DECIDE, rows)
    return decided


def _record_skip(tx: Session, bound: dict[str, Any], number: int) -> int:
    """A reminder that came too late is recorded, not sent."""
    done: Any = tx.execute(_SKIP, bound | {"number": number})
    return int(done.rowcount)


def _timed(statement: str) -> TextClause:
    """A statement whose times and days are bound by the columns' own types: SQLite compares their text."""
    clause = text(statement)
    if ":now" in statement:
        clause = clause.bindparams(bindparam("now", type_=duty.c.next_rung_at.type))
    if ":day" in statement:
        clause = clause.bindparams(bindparam("day", type_=_notice.c.day.type))
    return clause


_DECIDE = insert(_decision)
_DECIDE_ANEW = _decision.delete().where(_decision.c.pass_id == bindparam("b_pass"), _decision.c.batch == bindparam("b_batch"))
_FORGET_DUE = _due.delete().where(_due.c.pass_id == bindparam("b_pass"))
_FORGET_DECIDED = _decision.delete().where(_decision.c.pass_id == bindparam("b_pass"))

_MINE = "q.pass_id = :pass AND q.batch BETWEEN :first AND :last"

_LOCK = text(f"SELECT 1 FROM pass_due q CROSS JOIN duty d WHERE {_MINE} AND d.id = q.duty_id ORDER BY d.id FOR UPDATE OF d")  # noqa: S608 - constants

_GROUPS = _timed(f"""
    SELECT d.campaign_id, d.ladder_id, d.rung, d.floor_rung, d.due_at, count(*) FROM pass_due q CROSS JOIN duty d
    WHERE {_MINE} AND d.id = q.duty_id AND d.next_rung_at <= :now
    GROUP BY d.campaign_id, d.ladder_id, d.rung, d.floor_rung, d.due_at""").columns(  # noqa: S608 - constants
    campaign_id=duty.c.campaign_id.type, ladder_id=duty.c.ladder_id.type, rung=duty.c.rung.type, floor_rung=duty.c.floor_rung.type,
    due_at=duty.c.due_at.type, duties=Integer(),
)  # fmt: skip

_ANSWER = """a.pass_id = :pass AND a.batch = :first AND a.campaign_id = d.campaign_id AND a.ladder_id = d.ladder_id AND a.rung = d.rung
      AND a.floor_rung = d.floor_rung AND a.due_at = d.due_at"""

_SET = "rung = a.rung_after, next_rung_at = a.next_rung_at, last_pass_id = CASE WHEN a.take > 0 THEN :pass ELSE d.last_pass_id END"

_CLAIM = _timed(f"""
    UPDATE duty AS d SET {_SET} FROM pass_due q CROSS JOIN pass_decision a
    WHERE {_MINE} AND d.id = q.duty_id AND d.next_rung_at <= :now AND {_ANSWER}""")  # noqa: S608 - constants

_SKIP = _timed(f"""
    INSERT INTO escalation (duty_id, revision, rung, taken_at, skipped, pass_id)
    SELECT d.id, d.revision, :number, :now, TRUE, :pass
    FROM pass_due q CROSS JOIN duty d CROSS JOIN pass_decision a
    WHERE {_MINE} AND d.id = q.duty_id AND d.next_rung_at <= :now AND {_ANSWER}
      AND a.rung < :number AND a.rung_after >= :number AND (a.take = 0 OR :number < a.take)
      AND EXISTS (SELECT 1 FROM rung r WHERE r.ladder_id = d.ladder_id AND r.number = :number AND r.before_deadline)
    ON CONFLICT DO NOTHING""")  # noqa: S608 - constants

# PostgreSQL puts the updated table last; so the duty is read once more, to be found by its key before its answer is.
_CLAIM_BY_KEY = _timed(f"""
    UPDATE duty AS claimed SET {_SET} FROM pass_due q CROSS JOIN duty d CROSS JOIN pass_decision a
    WHERE {_MINE} AND d.id = q.duty_id AND d.next_rung_at <= :now AND {_ANSWER} AND claimed.id = d.id""")  # noqa: S608 - constants

_CLAIMED = f"""
    FROM pass_due q CROSS JOIN duty d CROSS JOIN rung r
    WHERE {_MINE} AND d.id = q.duty_id AND d.last_pass_id = :pass AND d.next_rung_at IS NULL AND d.state IN ('open', 'returned')
      AND r.ladder_id = d.ladder_id AND r.number = d.rung
      AND NOT EXISTS (SELECT 1 FROM escalation e WHERE e.duty_id = d.id AND e.revision = d.revision AND e.rung = d.rung)"""  # noqa: S608 - constants

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

_LINES = _timed(f"""
    INSERT INTO notice_line (notice_id, duty_id, escalation_id)
    SELECT e.notice_id, e.duty_id, e.id FROM pass_due q CROSS JOIN escalation e
    WHERE {_MINE} AND e.duty_id = q.duty_id AND +e.pass_id = :pass AND NOT e.skipped
    ON CONFLICT (notice_id, duty_id) DO UPDATE SET escalation_id = excluded.escalation_id, removed_at = NULL""")  # noqa: S608 - constants

# The papers of these parts only: a pass may have written on a hundred thousand before.
_PAPERS = f"""(SELECT DISTINCT e.notice_id FROM pass_due q CROSS JOIN escalation e
      WHERE {_MINE} AND e.duty_id = q.duty_id AND +e.pass_id = :pass AND NOT e.skipped) AS p CROSS JOIN notice n"""  # noqa: S608 - constants

_DELIVERIES = _timed(f"""
    INSERT INTO delivery (notice_id, number, channel, audience, state, idempotency_key, attempts, next_attempt_at, recipients)
    SELECT n.id, 1, r.channel, r.audience, 'pending', 'n' || n.id || '-1', 0, :now, '[]'
    FROM {_PAPERS} CROSS JOIN rung r
    WHERE n.id = p.notice_id AND n.state = 'open' AND r.ladder_id = n.ladder_id AND r.number = n.rung
    ON CONFLICT DO NOTHING""")  # noqa: S608 - constants

_DRAFTS = text(f"SELECT n.id FROM {_PAPERS} WHERE n.id = p.notice_id AND n.state = 'draft' ORDER BY n.id")  # noqa: S608 - constants
