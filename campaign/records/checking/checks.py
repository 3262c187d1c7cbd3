"""What must hold in the data, as questions whose right answer is "none": each a statement that finds the rows which break one rule.

Owns the statements about duties, their ladders, what was handed in, findings, phases and the log; `checks_papers` has those about notices.
Refuses every piece of code that the engine decides with: a mistake there must not hide itself here. So rules are said again, in SQL that
both databases read, over whole tables at once.
"""

# ruff: noqa: S608 - every statement is put together from constants of these two modules
from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import text
from sqlmodel import Session


class Check(NamedTuple):
    """`finds` answers the ids of the rows that break the rule; `fact` says in Chinese what is wrong with them."""

    code: str
    fact: str
    finds: str


OWN_WORK = "d.kind IN ('perform', 'material', 'report', 'rectify') AND d.notice_id IS NULL AND d.origin NOT LIKE 'decide:%'"
LATEST = "s.version = (SELECT max(v.version) FROM submission v WHERE v.duty_id = s.duty_id)"
ALIVE = "('open', 'returned', 'submitted', 'suspended', 'waiting')"

DUTIES = (
    Check(
        "origin_twice",
        "项应办事项在同一活动中来源重复",
        "SELECT max(d.id) FROM duty d GROUP BY d.campaign_id, d.origin HAVING count(*) > 1",
    ),
    Check(
        "clock_while_resting",
        "项应办事项不在办理中，却还定有下一级督办时间",
        "SELECT d.id FROM duty d WHERE d.next_rung_at IS NOT NULL AND d.state NOT IN ('open', 'returned')",
    ),
    Check(
        "end_without_time",
        "项应办事项的办结时间与状态不符",
        "SELECT d.id FROM duty d WHERE (d.finished_at IS NULL) = (d.state IN ('accepted', 'waived', 'cancelled'))",
    ),
    Check(
        "owed_without_time",
        "项应办事项在办理中却没有期限",
        "SELECT d.id FROM duty d WHERE d.due_at IS NULL AND d.state NOT IN ('waiting', 'waived', 'cancelled')",
    ),
    Check(
        "owned_by_nobody",
        "项未办结的应办事项属于已合并或撤销的单位",
        f"""SELECT d.id FROM duty d JOIN unit u ON u.id = d.unit_id WHERE u.state <> 'active' AND d.state IN {ALIVE}""",
    ),
    Check("suspended_without_time", "项暂缓的应办事项没有暂缓时间", "SELECT d.id FROM duty d WHERE (d.suspended_at IS NULL) AND d.state = 'suspended'"),
    # Not at rest: something must come next. Either the time of the next rung, or a paper that has not arrived yet, or there is nothing above.
    Check(
        "ladder_stopped",
        "项应办事项的督办停住了：没有下一级时间，没有在途文书，也没到最高一级",
        """SELECT d.id FROM duty d WHERE d.state IN ('open', 'returned') AND d.next_rung_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM escalation e JOIN notice n ON n.id = e.notice_id
                             WHERE e.duty_id = d.id AND e.revision = d.revision AND e.rung = d.rung AND n.state IN ('open', 'draft', 'issued'))
             AND EXISTS (SELECT 1 FROM rung r WHERE r.ladder_id = d.ladder_id AND r.number > d.rung AND NOT r.before_deadline)
             AND NOT EXISTS (SELECT 1 FROM parked p WHERE p.subject = 'duty' AND p.subject_id = d.id)""",
    ),
    Check(
        "clock_before_delivery",
        "项应办事项的上一级文书还没送达，就定了下一级时间",
        """SELECT d.id FROM duty d JOIN escalation e ON e.duty_id = d.id AND e.revision = d.revision AND e.rung = d.rung AND NOT e.skipped
             JOIN notice n ON n.id = e.notice_id WHERE d.next_rung_at IS NOT NULL AND n.delivered_at IS NULL""",
    ),
)

LADDER = (
    Check(
        "rung_without_step",
        "项应办事项的督办级别与督办记录不符",
        """SELECT d.id FROM duty d LEFT JOIN (SELECT duty_id, revision, max(rung) AS top FROM escalation GROUP BY duty_id, revision) e
             ON e.duty_id = d.id AND e.revision = d.revision WHERE d.rung <> coalesce(e.top, 0)""",
    ),
    Check(
        "rung_twice",
        "项应办事项同一级督办记了两次",
        "SELECT duty_id FROM escalation GROUP BY duty_id, revision, rung HAVING count(*) > 1",
    ),
    Check(
        "rungs_out_of_order",
        "项应办事项的督办先后颠倒",
        """SELECT e.duty_id FROM (SELECT duty_id, taken_at, lag(taken_at) OVER (PARTITION BY duty_id, revision ORDER BY rung) AS before FROM escalation) e
             WHERE e.before > e.taken_at""",
    ),
    Check(
        "rungs_at_once",
        "项应办事项在同一轮里连升两级",
        "SELECT duty_id FROM escalation WHERE NOT skipped AND pass_id IS NOT NULL GROUP BY duty_id, pass_id HAVING count(*) > 1",
    ),
    # A rung behind the deadline may be missing only below the floor: what an earlier revision reached, or what the finding began with.
    Check(
        "rung_jumped",
        "项应办事项越级督办",
        """SELECT e.duty_id FROM escalation e JOIN duty d ON d.id = e.duty_id JOIN rung r ON r.ladder_id = d.ladder_id AND r.number < e.rung
             WHERE NOT e.skipped AND NOT r.before_deadline
               AND NOT EXISTS (SELECT 1 FROM escalation x WHERE x.duty_id = e.duty_id AND x.revision = e.revision AND x.rung = r.number)
               AND NOT (r.number < d.floor_rung AND (e.revision = d.revision OR d.kind = 'rectify'))
               AND NOT EXISTS (SELECT 1 FROM escalation x WHERE x.duty_id = e.duty_id AND x.revision < e.revision AND x.rung > r.number)""",
    ),
    Check(
        "skipped_no_reminder",
        "项应办事项跳过了不该跳过的督办",
        "SELECT d.id FROM escalation e JOIN duty d ON d.id = e.duty_id JOIN rung r ON r.ladder_id = d.ladder_id AND r.number = e.rung "
        "WHERE e.skipped AND NOT r.before_deadline",
    ),
    Check(
        "floor_washed_off",
        "项应办事项延期或退回后降了级",
        "SELECT d.id FROM duty d WHERE EXISTS (SELECT 1 FROM escalation e WHERE e.duty_id = d.id AND e.revision < d.revision AND e.rung > d.floor_rung)",
    ),
    Check(
        "escalated_at_rest",
        "项督办发生在报送或办结之后",
        """SELECT e.duty_id FROM escalation e JOIN duty d ON d.id = e.duty_id
             WHERE e.revision = d.revision AND NOT e.skipped
               AND ((d.finished_at IS NOT NULL AND e.taken_at > d.finished_at) OR (d.state = 'submitted' AND e.taken_at > d.submitted_at))""",
    ),
    Check(
        "escalated_too_early",
        "项应办事项未逾期就被催办",
        """SELECT e.duty_id FROM escalation e JOIN duty d ON d.id = e.duty_id JOIN rung r ON r.ladder_id = d.ladder_id AND r.number = e.rung
             WHERE e.revision = d.revision AND d.state IN ('open', 'returned') AND NOT e.skipped AND NOT r.before_deadline
             AND e.taken_at < d.due_at""",
    ),
    Check(
        "reminded_too_late",
        "项应办事项逾期后还发了到期提醒",
        """SELECT e.duty_id FROM escalation e JOIN duty d ON d.id = e.duty_id JOIN rung r ON r.ladder_id = d.ladder_id AND r.number = e.rung
             WHERE e.revision = d.revision AND d.state IN ('open', 'returned') AND NOT e.skipped AND r.before_deadline AND e.taken_at >= d.due_at""",
    ),
)

HANDED_IN = (
    Check(
        "no_review",
        "项已报送的事项没有恰好一项审核",
        f"""SELECT d.id FROM duty d JOIN submission s ON s.duty_id = d.id AND {LATEST}
             WHERE d.state = 'submitted' AND 1 <> (SELECT count(*) FROM duty r
             WHERE r.submission_id = s.id AND r.kind IN ('review', 'recheck') AND r.state IN {ALIVE})""",
    ),
    Check(
        "submitted_nothing",
        "项事项标为已报送却没有报送版本",
        "SELECT d.id FROM duty d WHERE d.state IN ('submitted', 'returned') AND NOT EXISTS (SELECT 1 FROM submission s WHERE s.duty_id = d.id)",
    ),
    Check(
        "idle_review",
        "项审核没有待审的最新版本",
        f"""SELECT r.id FROM duty r LEFT JOIN submission s ON s.id = r.submission_id AND {LATEST} LEFT JOIN duty d ON d.id = s.duty_id
             AND d.state = 'submitted'
             WHERE r.kind IN ('review', 'recheck') AND r.state IN {ALIVE} AND d.id IS NULL""",
    ),
    Check("reviewed_review", "项审核或复核又生出了审核", "SELECT d.id FROM submission s JOIN duty d ON d.id = s.duty_id WHERE d.kind IN ('review', 'recheck')"),
    Check(
        "accepted_without_verdict",
        "项事项已办结，最新版本却没有通过意见",
        f"""SELECT d.id FROM duty d WHERE d.state = 'accepted' AND {OWN_WORK}
             AND NOT EXISTS (SELECT 1 FROM submission s JOIN verdict v ON v.submission_id = s.id
             WHERE s.duty_id = d.id AND {LATEST} AND v.outcome = 'accepted')""",
    ),
    Check(
        "returned_without_verdict",
        "项事项已退回，最新版本却没有退回意见",
        f"""SELECT d.id FROM duty d WHERE d.state = 'returned'
             AND NOT EXISTS (SELECT 1 FROM submission s JOIN verdict v ON v.submission_id = s.id
             WHERE s.duty_id = d.id AND {LATEST} AND v.outcome = 'returned')""",
    ),
    Check(
        "decided_but_waiting",
        "项事项的最新版本已有意见，却还是待审核",
        f"SELECT d.id FROM duty d JOIN submission s ON s.duty_id = d.id AND {LATEST} JOIN verdict v ON v.submission_id = s.id WHERE d.state = 'submitted'",
    ),
    Check(
        "own_verdict", "项意见由报送人自己作出", "SELECT s.duty_id FROM verdict v JOIN submission s ON s.id = v.submission_id WHERE v.given_by = s.submitted_by"
    ),
    Check(
        "versions_with_gap",
        "项事项的报送版本号不连续",
        "SELECT duty_id FROM submission GROUP BY duty_id HAVING max(version) <> count(*) OR min(version) <> 1",
    ),
)

FINDINGS = (
    Check(
        "closed_by_rectifier",
        "个问题由整改人自己销号",
        """SELECT f.id FROM finding f JOIN duty d ON d.finding_id = f.id AND d.kind = 'rectify' JOIN submission s ON s.duty_id = d.id
             WHERE f.state = 'closed' AND d.state = 'accepted' AND s.submitted_by = f.closed_by""",
    ),
    Check(
        "closed_without_recheck",
        "个问题没有复核通过就销号",
        """SELECT f.id FROM finding f WHERE f.state = 'closed' AND NOT EXISTS (
             SELECT 1 FROM duty d JOIN submission s ON s.duty_id = d.id JOIN verdict v ON v.submission_id = s.id
             WHERE d.finding_id = f.id AND d.kind = 'rectify' AND d.state = 'accepted' AND v.outcome = 'accepted' AND v.given_by = f.closed_by)""",
    ),
    Check(
        "finding_without_order",
        "个未销号的问题没有恰好一项整改",
        f"""SELECT f.id FROM finding f WHERE f.state IN ('rectifying', 'rechecking')
             AND 1 <> (SELECT count(*) FROM duty d WHERE d.finding_id = f.id AND d.kind = 'rectify' AND d.state IN {ALIVE})""",
    ),
)

PHASES = (
    Check(
        "closed_without_gate",
        "个阶段没有验收记录就关闭",
        """SELECT p.id FROM phase p JOIN campaign c ON c.id = p.campaign_id
             WHERE p.state = 'closed' AND c.state <> 'discarded' AND p.opened_at IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM gate g WHERE g.phase_id = p.id AND g.outcome <> 'held')""",
    ),
    Check(
        "carried_without_names",
        "次带遗留问题转段没有写明遗留了什么",
        """SELECT g.id FROM gate g WHERE g.outcome = 'carried_over'
             AND CAST(g.leftovers AS TEXT) IN ('[]', 'null') AND CAST(g.blockers AS TEXT) IN ('[]', 'null')""",
    ),
    Check("two_leads", "项任务有两个牵头单位", "SELECT item_id FROM item_unit WHERE role = 'lead' GROUP BY item_id HAVING count(*) > 1"),
    Check(
        "item_without_lead",
        "项任务没有牵头单位",
        "SELECT i.id FROM item i WHERE i.state = 'active' AND NOT EXISTS (SELECT 1 FROM item_unit u WHERE u.item_id = i.id AND u.role = 'lead')",
    ),
    Check("series_stopped", "个定期事项在进行中却没有下一次", "SELECT id FROM series WHERE (state = 'active') = (next_on IS NULL)"),
    Check(
        "calendar_miscounted",
        "天的工作日序号不对",
        """SELECT 0 FROM (SELECT ordinal, sum(CASE WHEN working THEN 1 ELSE 0 END) OVER (PARTITION BY calendar ORDER BY day) AS counted FROM calendar_day) c
             WHERE c.ordinal <> c.counted""",
    ),
    Check(
        "two_passes_at_once",
        "轮处理与同一对象的另一轮同时在进行",
        "SELECT max(id) FROM pass_run WHERE state = 'running' GROUP BY name, campaign_id, phase_id HAVING count(*) > 1",
    ),
)

# A change and its event carry the same moment, so an event that is missing shows without knowing its verb.
TOLD = "(SELECT DISTINCT campaign_id, at FROM event)"


def _untold(table: str, column: str, only: str = "TRUE") -> str:
    # A join, for NOT IN over a pair is a scan for each row on PostgreSQL as soon as the events outgrow its memory.
    return f"SELECT x.id FROM {table} x LEFT JOIN {TOLD} t ON t.campaign_id = x.campaign_id AND t.at = x.{column} WHERE {only} AND t.at IS NULL"


EVENTS = (
    Check("no_actor", "条记录没有经办人", "SELECT id FROM event WHERE trim(actor) = ''"),
    Check(
        "no_reason",
        "条记录没有写明理由",
        """SELECT id FROM event WHERE trim(reason) = '' AND verb IN ('waive', 'cancel', 'extend', 'suspend', 'return', 'withdraw_notice', 'withdraw_finding',
             'reopen_phase', 'shift_phase', 'gate_held', 'gate_overruled')""",
    ),
    Check("silent_end", "项应办事项的办结或取消没有留痕", _untold("duty", "finished_at", "x.finished_at IS NOT NULL")),
    Check("silent_opening", "项应办事项的交办没有留痕", _untold("duty", "opened_at", "x.state <> 'waiting'")),
    Check(
        "silent_version",
        "项事项的报送没有留痕",
        """SELECT s.duty_id FROM submission s LEFT JOIN event e ON e.subject = 'duty' AND e.subject_id = s.duty_id AND e.verb = 'submit'
             AND e.at = s.submitted_at
             WHERE e.id IS NULL""",
    ),
    Check(
        "silent_verdict",
        "项事项的审核意见没有留痕",
        """SELECT s.duty_id FROM verdict v JOIN submission s ON s.id = v.submission_id
             LEFT JOIN event e ON e.subject = 'duty' AND e.subject_id = s.duty_id AND e.verb IN ('accept', 'return') AND e.at = v.given_at
             AND e.actor = v.given_by
             WHERE e.id IS NULL""",
    ),
    Check(
        "silent_escalation",
        "项应办事项的督办没有留痕",
        """SELECT x.duty_id FROM escalation x JOIN duty d ON d.id = x.duty_id
             LEFT JOIN (SELECT DISTINCT campaign_id, subject_id FROM event
             WHERE subject = 'pass') t ON t.campaign_id = d.campaign_id AND t.subject_id = x.pass_id
             WHERE x.pass_id IS NOT NULL AND t.subject_id IS NULL""",
    ),
    Check(
        "silent_signature",
        "份文书的签发没有留痕",
        """SELECT n.id FROM notice n LEFT JOIN event e ON e.subject = 'notice' AND e.subject_id = n.id
             AND (e.verb = 'sign_on_paper' OR (e.verb = 'sign_notice' AND e.actor = n.signed_by))
             WHERE n.signed_by IS NOT NULL AND e.id IS NULL""",
    ),
    Check(
        "silent_gate",
        "次转段决定没有留痕",
        """SELECT g.id FROM gate g LEFT JOIN event e ON e.subject = 'phase' AND e.subject_id = g.phase_id AND e.verb = 'gate_' || g.outcome
             AND e.at = g.decided_at
             WHERE e.id IS NULL""",
    ),
    Check("silent_finding", "个问题的登记没有留痕", _untold("finding", "found_at")),
)


def rows_that_break(tx: Session, check: Check) -> list[Any]:
    """Ids, each once, in order."""
    return sorted(set(tx.execute(text(check.finds)).scalars()))
