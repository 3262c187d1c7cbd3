"""Rows to measure a sweep on, and the same sweep as plain SQL: what the product's is compared with.

Owns a campaign in a database that has no other, and takes it away again. The plain sweep has the same
effect on the same schema with the same indexes, and nothing else: no rule, no batches, no lease, no log.
"""

# ruff: noqa: S608 - statements of constants of this module
from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Duty, Notice, Phase, Unit
from campaign.rules.calendar import campaign_day

SLUG = "bench"
UNITS = 200
PIECE = 20_000
_TIME, _DAY = table_of(Duty).c.due_at.type, table_of(Notice).c.day.type


def _run(tx: Session, statement: str, **values: Any) -> Any:
    typed = {name: _TIME for name in values if name.endswith("_at")} | {name: _DAY for name in values if name == "day"}
    return tx.execute(text(statement).bindparams(*(bindparam(name, type_=kind) for name, kind in typed.items())), values)


def fill(tx: Session, *, ladder_id: int, duties: int, due: int, now: datetime) -> int:
    """A campaign with so many duties of 200 units, so many of them due for 催办 or 督办 at `now`; answers its id."""
    units = [Unit(code=f"BENCH{number:03}", name=f"测速单位{number:03}") for number in range(UNITS)]
    tx.add_all(units)
    tx.flush()
    campaign = Campaign(
        slug=SLUG,
        title="测速",
        kind="campaign_plan",
        rehearsal=True,
        launched_at=now,
        office_unit_id=units[0].id,
        ladder_id=ladder_id,
        office_ladder_id=ladder_id,
    )
    tx.add(campaign)
    tx.flush()
    phase = Phase(campaign_id=campaign.id, key="p", number=1, name="测速阶段", kind="rollout", state="open", opened_at=now)
    tx.add(phase)
    tx.flush()
    assert campaign.id is not None
    _run(
        tx,
        f"""INSERT INTO duty (campaign_id, phase_id, unit_id, kind, origin, title, state, required, due_at, due_source, first_due_at, revision, rung,
                 floor_rung, next_rung_at, ladder_id, opened_at)
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :duties),
                 times(k, at) AS (SELECT 0, :one_at UNION ALL SELECT 1, :two_at UNION ALL SELECT 2, :three_at)
            SELECT :campaign, :phase, :unit + i % {UNITS}, 'perform', 'bench:' || i, '测速事项' || i, 'open', TRUE, times.at, 'phase', times.at, 1,
                   CASE WHEN i % 2 = 0 THEN 2 ELSE 3 END, 0, CASE WHEN i % :every = 0 THEN :past_at ELSE :later_at END, :ladder, :opened_at
            FROM n JOIN times ON times.k = i % 3""",
        duties=duties,
        every=max(duties // due, 1) if due else duties + 1,
        campaign=campaign.id,
        phase=phase.id,
        unit=units[0].id,
        ladder=ladder_id,
        opened_at=now - timedelta(days=40),
        past_at=now - timedelta(hours=1),
        later_at=now + timedelta(days=30),
        one_at=now - timedelta(days=20),
        two_at=now - timedelta(days=19),
        three_at=now - timedelta(days=18),
    )  # fmt: skip
    if tx.get_bind().dialect.name == "postgresql":
        tx.execute(text("ANALYZE duty"))
    return campaign.id


def is_empty(tx: Session) -> bool:
    return tx.execute(text("SELECT 1 FROM campaign LIMIT 1")).first() is None


def count_due(tx: Session, campaign_id: int, now: datetime) -> int:
    return int(_run(tx, "SELECT count(*) FROM duty WHERE campaign_id = :campaign AND next_rung_at <= :now_at", campaign=campaign_id, now_at=now).scalar_one())


def undo(tx: Session, campaign_id: int, now: datetime) -> None:
    """Everything that a sweep at `now` did, taken back."""
    _forget(tx, campaign_id)
    back = f"""UPDATE duty SET rung = rung - 1, next_rung_at = :past_at, last_pass_id = NULL
           WHERE id IN (SELECT id FROM duty WHERE campaign_id = :campaign AND next_rung_at IS NULL AND state = 'open' LIMIT {PIECE})"""
    while _run(tx, back, campaign=campaign_id, past_at=now - timedelta(hours=1)).rowcount:
        pass


def plain_sweep(tx: Session, campaign_id: int, pass_id: int, now: datetime) -> int:
    """Duty updated; notice, escalation, line and delivery inserted: five statements. Answers how many duties took a rung."""
    mine = {"campaign": campaign_id, "pass": pass_id}
    first, last = tx.execute(text("SELECT min(id), max(id) FROM duty WHERE campaign_id = :campaign"), {"campaign": campaign_id}).one()
    claimed = 0
    for start in range(first, last + 1, 10 * PIECE):  # in pieces for the same reason as below
        claimed += _run(
            tx,
            """UPDATE duty SET rung = rung + 1, next_rung_at = NULL, last_pass_id = :pass
               WHERE campaign_id = :campaign AND next_rung_at <= :now_at AND state IN ('open', 'returned') AND id >= :start AND id < :end""",
            **mine,
            now_at=now,
            start=start,
            end=start + 10 * PIECE,
        ).rowcount
    _run(
        tx,
        """INSERT INTO notice (campaign_id, unit_id, kind, rung, ladder_id, day, batch, state, title, created_at, pass_id)
           SELECT d.campaign_id, d.unit_id, r.document, d.rung, min(d.ladder_id), :day, 0, 'open', r.document, :now_at, :pass
           FROM duty d JOIN rung r ON r.ladder_id = d.ladder_id AND r.number = d.rung
           WHERE d.campaign_id = :campaign AND d.last_pass_id = :pass GROUP BY d.campaign_id, d.unit_id, r.document, d.rung""",
        **mine,
        now_at=now,
        day=campaign_day(now),
    )
    _run(
        tx,
        """INSERT INTO escalation (duty_id, revision, rung, taken_at, skipped, notice_id, pass_id)
           SELECT d.id, d.revision, d.rung, :now_at, FALSE, n.id, :pass
           FROM duty d JOIN notice n ON n.pass_id = :pass AND n.unit_id = d.unit_id AND n.rung = d.rung
           WHERE d.campaign_id = :campaign AND d.last_pass_id = :pass""",
        **mine,
        now_at=now,
    )
    _run(
        tx,
        "INSERT INTO notice_line (notice_id, duty_id, escalation_id) SELECT notice_id, duty_id, id FROM escalation WHERE pass_id = :pass",
        **{"pass": pass_id},
    )
    _run(
        tx,
        """INSERT INTO delivery (notice_id, number, channel, audience, state, idempotency_key, attempts, next_attempt_at, recipients)
           SELECT n.id, 1, r.channel, r.audience, 'pending', 'n' || n.id || '-1', 0, :now_at, '[]'
           FROM notice n JOIN rung r ON r.ladder_id = n.ladder_id AND r.number = n.rung WHERE n.pass_id = :pass""",
        **{"pass": pass_id},
        now_at=now,
    )
    return claimed


def remove(tx: Session, campaign_id: int) -> None:
    _forget(tx, campaign_id)
    # In pieces: SQLite keeps what a single statement changed in memory, to take it back if the statement fails.
    while _run(tx, f"DELETE FROM duty WHERE id IN (SELECT id FROM duty WHERE campaign_id = :campaign LIMIT {PIECE})", campaign=campaign_id).rowcount:
        pass
    for table in ("event", "pass_run", "duty", "phase"):
        _run(tx, f"DELETE FROM {table} WHERE campaign_id = :campaign", campaign=campaign_id)
    _run(tx, "DELETE FROM campaign WHERE id = :campaign", campaign=campaign_id)
    _run(tx, "DELETE FROM unit WHERE code LIKE 'BENCH%'")


def _forget(tx: Session, campaign_id: int) -> None:
    papers = "(SELECT id FROM notice WHERE campaign_id = :campaign)"
    for table in ("notice_line", "delivery", "escalation"):
        _run(tx, f"DELETE FROM {table} WHERE notice_id IN {papers}", campaign=campaign_id)
    _run(tx, "DELETE FROM notice WHERE campaign_id = :campaign", campaign=campaign_id)
