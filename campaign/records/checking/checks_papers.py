"""What must hold of notices, lines, deliveries and attempts; and the plain rows that the remaining rules are computed from.

The same promises as in `checks`: only what the database says, no decision shared with the engine.
"""

# ruff: noqa: S608 - every statement is put together from constants of these two modules
from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from campaign.records.checking.checks import ALIVE, Check
from campaign.records.statements import table_of
from campaign.records.tables import Notice

PAPERS = (
    Check(
        "escalation_without_line",
        "次督办没有写进任何文书",
        """SELECT e.id FROM escalation e LEFT JOIN notice n ON n.id = e.notice_id LEFT JOIN notice_line l ON l.notice_id = e.notice_id
             AND l.duty_id = e.duty_id
             WHERE NOT e.skipped AND (n.id IS NULL OR l.id IS NULL)""",
    ),
    Check(
        "line_without_escalation",
        "行督办文书没有对应的督办记录",
        """SELECT l.id FROM notice_line l JOIN notice n ON n.id = l.notice_id WHERE n.rung > 0
             AND NOT EXISTS (SELECT 1 FROM escalation e JOIN duty d ON d.id = e.duty_id JOIN rung r ON r.ladder_id = d.ladder_id AND r.number = e.rung
             WHERE e.id = l.escalation_id AND e.duty_id = l.duty_id AND coalesce(r.digest, r.number) = n.rung)""",
    ),
    Check(
        "notice_without_delivery",
        "份待发或已发的文书没有送达安排",
        """SELECT n.id FROM notice n WHERE n.state IN ('open', 'issued', 'delivered') AND NOT EXISTS (SELECT 1 FROM delivery d
             WHERE d.notice_id = n.id)""",
    ),
    Check(
        "issued_going_nowhere",
        "份已签发的文书既不在途，也没有安排人工送达",
        f"""SELECT n.id FROM notice n WHERE n.state = 'issued'
             AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.notice_id = n.id AND d.state IN ('pending', 'sending')
             AND d.next_attempt_at IS NOT NULL)
             AND NOT EXISTS (SELECT 1 FROM duty h WHERE h.notice_id = n.id AND h.origin LIKE 'handdeliver:%' AND h.state IN {ALIVE})""",
    ),
    Check(
        "delivered_without_proof",
        "份文书记为已送达，却没有送达凭证",
        """SELECT n.id FROM notice n WHERE (n.state = 'delivered' AND n.delivered_at IS NULL)
             OR (n.state NOT IN ('delivered', 'withdrawn') AND n.delivered_at IS NOT NULL) OR (n.delivered_at IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM delivery d JOIN attempt a ON a.delivery_id = d.id AND a.outcome = 'delivered'
             WHERE d.notice_id = n.id AND d.state = 'delivered'))""",
    ),
    Check(
        "proof_not_counted",
        "份文书已有送达凭证，却没有记为已送达",
        "SELECT d.notice_id FROM delivery d JOIN notice n ON n.id = d.notice_id WHERE d.state = 'delivered' AND n.delivered_at IS NULL",
    ),
    Check(
        "draft_without_signer",
        "份待签发的文书没有恰好一项签发事项",
        f"""SELECT n.id FROM notice n WHERE n.state = 'draft'
             AND 1 <> (SELECT count(*) FROM duty d WHERE d.notice_id = n.id AND d.kind = 'sign' AND d.state IN {ALIVE})""",
    ),
    Check(
        "idle_signature",
        "项签发事项没有待签的文书",
        f"""SELECT d.id FROM duty d LEFT JOIN notice n ON n.id = d.notice_id AND n.state = 'draft'
             WHERE d.origin LIKE 'sign:notice:%' AND d.state IN {ALIVE} AND n.id IS NULL""",
    ),
    Check(
        "issued_unsigned",
        "份应由人签发的文书没有签发人",
        """SELECT n.id FROM notice n JOIN rung r ON r.ladder_id = n.ladder_id AND r.number = n.rung
             WHERE r.signed AND n.state IN ('open', 'issued', 'delivered') AND coalesce(trim(n.signed_by), '') = ''""",
    ),
    Check(
        "number_on_draft",
        "份未签发的文书已有文号",
        "SELECT id FROM notice WHERE number IS NOT NULL AND state NOT IN ('issued', 'delivered') AND issued_at IS NULL",
    ),
    Check(
        "issued_without_number",
        "份应编号的文书没有文号",
        """SELECT n.id FROM notice n LEFT JOIN rung r ON r.ladder_id = n.ladder_id AND r.number = n.rung
             WHERE (r.numbered OR n.kind IN ('整改通知单', '调整通知', '更正通知', '撤回通知')) AND n.state IN ('issued', 'delivered') AND n.number IS NULL""",
    ),
    Check("issued_without_time", "份已发文书没有签发时间", "SELECT id FROM notice WHERE state IN ('issued', 'delivered') AND issued_at IS NULL"),
    Check(
        "finished_on_unsent",
        "行未发出的文书还列着已报送或办结的事项",
        """SELECT l.id FROM notice_line l JOIN notice n ON n.id = l.notice_id JOIN duty d ON d.id = l.duty_id
             WHERE n.state IN ('open', 'draft') AND n.kind <> '事项变动告知单' AND l.removed_at IS NULL AND d.state IN ('submitted', 'accepted', 'waived', 'cancelled')""",
    ),
    Check(
        "attempts_miscounted",
        "次送达的尝试记录与次数不符",
        """SELECT d.id FROM delivery d
             LEFT JOIN (SELECT delivery_id, count(*) AS tried, max(number) AS last FROM attempt GROUP BY delivery_id) a ON a.delivery_id = d.id
             WHERE coalesce(a.tried, 0) <> coalesce(a.last, 0)
                OR (d.state <> 'cancelled' AND d.attempts <> coalesce(a.tried, 0) + CASE WHEN d.state = 'sending' THEN 1 ELSE 0 END)""",
    ),
    Check("pending_never", "次待送达没有下次尝试的时间", "SELECT id FROM delivery WHERE (state IN ('pending', 'sending')) = (next_attempt_at IS NULL)"),
)


def numbers(tx: Session) -> list[Any]:
    """Every number that was given: notice, kind, number, campaign, and whether a person typed it."""
    rows = text("""SELECT n.id, n.kind, n.number, n.campaign_id, t.notice_id IS NOT NULL AS typed
                   FROM notice n LEFT JOIN typed_number t ON t.notice_id = n.id WHERE n.number IS NOT NULL""")
    return list(tx.execute(rows))


def counters(tx: Session) -> dict[tuple[str, int], int]:
    """Issuer with 代字, and year → the last number that was given."""
    return {(row.issuer + row.code, row.year): row.last for row in tx.execute(text("SELECT issuer, code, year, last FROM document_counter"))}


def steps(tx: Session) -> list[Any]:
    """Each step behind another, or the first behind the deadline: ladder, rung, from when it waited, when it was taken, one duty as an example."""
    time = table_of(Notice).c.delivered_at.type
    found = text("""
        SELECT ladder_id, rung, waited_from, taken_at, min(duty_id) AS duty_id FROM (
            SELECT d.ladder_id, e.rung, e.duty_id, e.taken_at,
                   CASE WHEN b.id IS NOT NULL THEN n.delivered_at WHEN e.revision = 1
             AND NOT r.before_deadline THEN d.opened_at ELSE e.taken_at END AS waited_from,
                   CASE WHEN b.id IS NULL AND (e.revision > 1 OR r.before_deadline) THEN 0 ELSE 1 END AS bound
            FROM escalation e
            JOIN duty d ON d.id = e.duty_id
            JOIN rung r ON r.ladder_id = d.ladder_id AND r.number = e.rung
            LEFT JOIN escalation b ON b.duty_id = e.duty_id AND b.revision = e.revision AND NOT b.skipped AND b.rung =
                (SELECT max(x.rung) FROM escalation x WHERE x.duty_id = e.duty_id AND x.revision = e.revision AND NOT x.skipped AND x.rung < e.rung)
            LEFT JOIN notice n ON n.id = b.notice_id
            WHERE NOT e.skipped) s
        WHERE s.bound = 1 GROUP BY ladder_id, rung, waited_from, taken_at""").columns(waited_from=time, taken_at=time)
    return list(tx.execute(found).all())


def delivered_by(tx: Session, channel: str) -> list[Any]:
    return list(tx.execute(text("SELECT id, idempotency_key FROM delivery WHERE state = 'delivered' AND channel = :channel"), {"channel": channel}).all())


def repeats_allowed(tx: Session) -> dict[str, int]:
    """Delivery key → how often it may have arrived: once, and once more for each attempt of which nobody knows how it ended."""
    rows = tx.execute(
        text("""SELECT d.idempotency_key AS key, 1 + coalesce(sum(CASE WHEN a.outcome = 'unknown' THEN 1 ELSE 0 END), 0) AS allowed
                FROM delivery d LEFT JOIN attempt a ON a.delivery_id = d.id GROUP BY d.id, d.idempotency_key""")
    )
    return {row.key: int(row.allowed) for row in rows}
