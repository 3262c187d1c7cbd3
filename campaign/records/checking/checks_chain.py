"""What must hold of reviews in steps, of split duties and of compiled versions.

The same promises as in `checks`: only what the database says, no decision shared with the engine.
"""

# ruff: noqa: S608 - every statement is put together from constants of these two modules
from __future__ import annotations

from campaign.records.checking.checks import ALIVE, Check

URGE = "(SELECT min(x.number) FROM rung x WHERE x.ladder_id = c.ladder_id AND NOT x.before_deadline)"

CHAINS = (
    Check(
        "step_on_other_version",
        "条分步审核意见不是对所报版本作出的",
        "SELECT v.id FROM step_verdict v JOIN submission s ON s.id = v.submission_id WHERE v.sha256 <> s.sha256",
    ),
    Check(
        "step_of_other_chain",
        "条分步审核意见不属于该版本的审核流程",
        """SELECT v.id FROM step_verdict v JOIN submission s ON s.id = v.submission_id JOIN review_step t ON t.id = v.step_id
             WHERE s.chain_id IS NULL OR t.chain_id <> s.chain_id OR t.number <> v.number""",
    ),
    Check(
        "steps_out_of_order",
        "条分步审核意见先后颠倒，或作出在退回之后",
        """SELECT later.id FROM step_verdict later JOIN step_verdict earlier ON earlier.submission_id = later.submission_id AND earlier.number < later.number
             WHERE earlier.given_at > later.given_at OR earlier.outcome = 'returned'""",
    ),
    Check(
        "own_step_verdict",
        "条分步审核意见由报送人自己作出",
        """SELECT v.id FROM step_verdict v JOIN submission s ON s.id = v.submission_id JOIN review_step t ON t.id = v.step_id
             WHERE v.given_by = s.submitted_by AND NOT (t.who = 'unit_head' AND v.outcome = 'accepted')""",
    ),
    Check(
        "reported_without_receipt",
        "次上报没有收文号也没有回执",
        """SELECT v.id FROM step_verdict v JOIN review_step t ON t.id = v.step_id
             WHERE t.receipt AND v.outcome = 'accepted' AND trim(v.receipt) = '' AND v.receipt_sha256 IS NULL""",
    ),
    Check(
        "verdict_without_steps",
        "个版本的审核意见与各步意见不符",
        """SELECT g.id FROM verdict g JOIN submission s ON s.id = g.submission_id WHERE s.chain_id IS NOT NULL AND (
             NOT EXISTS (SELECT 1 FROM step_verdict v WHERE v.submission_id = s.id AND v.outcome = g.outcome AND v.given_by = g.given_by
                         AND v.given_at = g.given_at)
             OR (g.outcome = 'accepted' AND EXISTS (SELECT 1 FROM review_step t WHERE t.chain_id = s.chain_id AND t.who = 'office'
                 AND NOT EXISTS (SELECT 1 FROM step_verdict v WHERE v.step_id = t.id AND v.submission_id = s.id AND v.outcome = 'accepted'))))""",
    ),
    Check(
        "step_decided_but_asked",
        "项分步审核已有意见却还开着，或不在该版本的审核流程里",
        f"""SELECT d.id FROM duty d JOIN submission s ON s.id = d.submission_id LEFT JOIN review_step t ON t.id = d.review_step_id
             WHERE d.kind = 'review' AND d.state IN {ALIVE} AND ((s.chain_id IS NULL) <> (d.review_step_id IS NULL) OR t.chain_id <> s.chain_id
             OR EXISTS (SELECT 1 FROM step_verdict v WHERE v.submission_id = s.id AND v.step_id = d.review_step_id))""",
    ),
)

SPLITS = (
    Check(
        "part_due_later",
        "项分解的事项期限晚于上级事项",
        """SELECT c.id FROM duty c JOIN duty p ON p.id = c.parent_id
             WHERE c.state IN ('open', 'returned', 'suspended') AND p.state IN ('open', 'returned', 'suspended') AND c.due_at > p.due_at""",
    ),
    Check("part_of_part", "项事项分解了不止一层", "SELECT c.id FROM duty c JOIN duty p ON p.id = c.parent_id WHERE p.parent_id IS NOT NULL"),
    Check(
        "part_of_own_unit",
        "项分解的事项与上级事项不在两个单位，或不在同一活动",
        """SELECT c.id FROM duty c LEFT JOIN duty p ON p.id = c.parent_id
             WHERE c.parent_id IS NOT NULL AND c.state <> 'cancelled' AND (p.id IS NULL OR p.campaign_id <> c.campaign_id OR p.unit_id = c.unit_id)""",
    ),
    Check(
        "whole_before_parts",
        "项事项已报送或结束，分解给下级的却还没有办结",
        f"""SELECT p.id FROM duty p JOIN duty c ON c.parent_id = p.id
             WHERE p.state IN ('submitted', 'accepted', 'waived', 'cancelled') AND c.state IN {ALIVE}""",
    ),
    Check(
        "part_above_urge",
        "项分解的事项督办超过了催办",
        f"""SELECT c.id FROM duty c WHERE c.parent_id IS NOT NULL AND (c.rung > {URGE}
             OR EXISTS (SELECT 1 FROM rung r WHERE r.ladder_id = c.ladder_id AND r.number > {URGE}))""",
    ),
    Check(
        "silent_split",
        "项分解没有留痕",
        """SELECT c.id FROM duty c LEFT JOIN event e ON e.subject = 'duty' AND e.subject_id = c.parent_id AND e.verb = 'split' AND e.at = c.opened_at
             WHERE c.origin LIKE 'split:%' AND e.id IS NULL""",
    ),
    Check(
        "part_not_accepted",
        "个汇总版本用了没有审核通过的材料",
        """SELECT k.submission_id FROM compiled_part k LEFT JOIN verdict v ON v.submission_id = k.part_id AND v.outcome = 'accepted' WHERE v.id IS NULL""",
    ),
)
