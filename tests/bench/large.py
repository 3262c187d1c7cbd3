"""A large office for the portal's benches, on both databases: the played sample, and set-based beside it campaigns, units, duties, papers, a log.

Nothing here is a campaign that could go on: it has the rows that pages read, in the proportions of the middle of a year.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, text
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.store import Store
from campaign.records.tables import Campaign, Duty, Phase

TIMES = 60
COUNTED = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)"
STATES = """CASE WHEN n.i / 97 % 20 < 3 THEN 'open' WHEN n.i / 97 % 20 = 3 THEN 'returned' WHEN n.i / 97 % 20 = 4 THEN 'submitted'
            WHEN n.i / 97 % 20 = 5 THEN 'waiting' ELSE 'accepted' END"""
KINDS = "CASE n.i / 89 % 3 WHEN 0 THEN 'perform' WHEN 1 THEN 'material' ELSE 'report' END"


def enlarge(store: Store, *, duties: int, units: int, campaigns: int, now: datetime) -> None:
    """So many more of each, beside what the sample has."""
    with store.begin() as tx:
        tx.execute(text("UPDATE unit SET code = 'X' || code"))
        _run(tx, f"{COUNTED} INSERT INTO unit (code, name, state, external) SELECT 'B' || i, '社区' || i, 'active', FALSE FROM n", count=units)
        sample = tx.execute(text("SELECT campaign_id FROM phase WHERE key = 'p2' AND state = 'open' ORDER BY id LIMIT 1")).scalar_one()
        _copy(tx, table_of(Campaign), f"{COUNTED} ", "campaign s, n WHERE s.id = :sample", count=campaigns, sample=sample,
              slug="'large-' || n.i", title="'大型活动' || n.i")  # fmt: skip
        _copy(tx, table_of(Phase), "", "phase s, campaign c WHERE s.campaign_id = :sample AND c.slug LIKE 'large-%'", sample=sample, campaign_id="c.id")
        first = tx.execute(text("SELECT min(id) FROM unit WHERE code = 'B0'")).scalar_one()
        times = {f"at{place}": now - timedelta(days=20) + timedelta(days=place) for place in range(TIMES)}
        _run(
            tx,
            f"""{COUNTED}, times(k, at) AS ({" UNION ALL ".join(f"SELECT {place}, :at{place}" for place in range(TIMES))}),
                homes(place, campaign_id, phase_id) AS (
                    SELECT row_number() OVER (ORDER BY p.id) - 1, p.campaign_id, p.id FROM phase p JOIN campaign c ON c.id = p.campaign_id
                    WHERE c.slug LIKE 'large-%' AND p.key = 'p2')
            INSERT INTO duty (campaign_id, phase_id, unit_id, kind, origin, title, state, required, due_at, due_source, first_due_at, revision, rung,
                 floor_rung, next_rung_at, ladder_id, opened_at, finished_at)
            SELECT h.campaign_id, h.phase_id, :first + n.i / {campaigns} % :units, {KINDS}, 'bench/' || n.i, '第' || n.i || '项环境整治', {STATES}, TRUE,
                 t.at, 'phase', t.at, 1, 0, 0, CASE WHEN n.i / 97 % 20 < 4 THEN :later_at END, m.ladder_id, :opened_at,
                 CASE WHEN n.i / 97 % 20 > 5 THEN t.at END
            FROM n JOIN homes h ON h.place = n.i % {campaigns} JOIN times t ON t.k = n.i / 101 % {TIMES} CROSS JOIN (SELECT ladder_id FROM duty LIMIT 1) m""",
            count=duties, units=units, first=first, later_at=now + timedelta(days=9), opened_at=now - timedelta(days=24), **times,
        )  # fmt: skip
        _items(tx)
        _hand_in(tx, now)
        _papers(tx, now)
    if not store.is_sqlite:
        _sweep(store)
    with store.begin() as tx:
        tx.execute(text("ANALYZE"))


def _sweep(store: Store) -> None:
    """What PostgreSQL does by itself some time after such a filling; and since then as many duties have changed as it lets pass before the next time."""
    with store.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM"))
    with store.begin() as tx:
        tx.execute(text("UPDATE duty SET acked_by = '联络员' WHERE id % 60 = 0"))


def _items(tx: Session) -> None:
    """What is not reported of each campaign belongs to one task of it, so that it can be staggered."""
    _run(
        tx,
        """INSERT INTO item (campaign_id, phase_id, key, title, text, due_source, targets, required, signed, state)
        SELECT h.campaign_id, h.phase_id, 'bench', '环境整治', '', 'phase', '[]', TRUE, FALSE, 'active' FROM (
            SELECT p.campaign_id, p.id AS phase_id FROM phase p JOIN campaign c ON c.id = p.campaign_id WHERE c.slug LIKE 'large-%' AND p.key = 'p2') h""",
    )
    _run(
        tx,
        """UPDATE duty SET item_id = (SELECT i.id FROM item i WHERE i.campaign_id = duty.campaign_id AND i.key = 'bench')
        WHERE origin LIKE 'bench/%' AND kind <> 'report' AND state IN ('open', 'waiting')""",
    )


def _hand_in(tx: Session, now: datetime) -> None:
    """A version for each duty that waits for its review, and the review."""
    waits = "duty d WHERE d.origin LIKE 'bench/%' AND d.state = 'submitted'"
    _run(tx, f"""INSERT INTO submission (duty_id, version, sha256, note, submitted_by, submitted_at)
        SELECT d.id, 1, 'none', '', '联络员', :at FROM {waits}""", at=now - timedelta(days=3))  # fmt: skip
    _run(tx, """INSERT INTO duty (campaign_id, phase_id, unit_id, kind, origin, title, state, required, due_at, due_source, revision, rung, floor_rung,
            next_rung_at, ladder_id, opened_at, submission_id)
        SELECT d.campaign_id, d.phase_id, c.office_unit_id, 'review', 'review:bench:' || s.id, '审核：' || d.title, 'open', FALSE, :due_at, 'own', 1, 0, 0,
            :due_at, d.ladder_id, :at, s.id
        FROM submission s JOIN duty d ON d.id = s.duty_id JOIN campaign c ON c.id = d.campaign_id WHERE d.origin LIKE 'bench/%'""",
         at=now - timedelta(days=3), due_at=now + timedelta(days=2))  # fmt: skip


def _papers(tx: Session, now: datetime) -> None:
    """An issued paper for every tenth overdue duty with a line on it, drafts for some, and an event for every fifth duty."""
    late = "duty d WHERE d.origin LIKE 'bench/%' AND d.state = 'open' AND d.due_at <= :now_at"
    _run(tx, f"""INSERT INTO notice (campaign_id, unit_id, kind, rung, ladder_id, day, batch, state, title, created_at, issued_at)
        SELECT d.campaign_id, d.unit_id, '催办通知单', 3, d.ladder_id, '2026-11-02', d.id, CASE WHEN d.id % 200 = 0 THEN 'draft' ELSE 'issued' END,
            '催办', :at, :at FROM {late} AND d.id % 10 = 0""", at=now - timedelta(days=18), now_at=now)  # fmt: skip
    tx.execute(text("INSERT INTO notice_line (notice_id, duty_id) SELECT id, batch FROM notice WHERE batch > 0 AND kind = '催办通知单' AND title = '催办'"))
    _run(tx, "INSERT INTO event_block (previous, sha256, events, sealed_at) VALUES ('none', 'large', 0, :at)", at=now)
    _run(tx, """INSERT INTO event (at, actor, verb, reason, campaign_id, subject, subject_id, detail, block_id)
        SELECT :at, '联络员', 'submit', '', d.campaign_id, 'duty', d.id, '{}', (SELECT max(id) FROM event_block)
        FROM duty d WHERE d.origin LIKE 'bench/%' AND d.id % 5 = 0""",
         at=now - timedelta(days=3))  # fmt: skip


def _copy(tx: Session, table: Table, before: str, source: str, *, count: int | None = None, sample: int, **changed: str) -> None:
    """Rows like those of `source`, with other values in the columns that are named."""
    names = [column.name for column in table.columns if column.name != "id"]
    values = ", ".join(changed.get(name, f"s.{name}") for name in names)
    bound = {"sample": sample} | ({} if count is None else {"count": count})
    _run(tx, f"{before}INSERT INTO {table.name} ({', '.join(names)}) SELECT {values} FROM {source}", **bound)


def _run(tx: Session, statement: str, **values: Any) -> None:
    typed = [bindparam(name, type_=table_of(Duty).c.due_at.type) for name in values if name.endswith("at") or name.rstrip("0123456789") == "at"]
    tx.execute(text(statement).bindparams(*typed), values)
