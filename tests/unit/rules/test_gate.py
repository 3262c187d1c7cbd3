"""A gate names what keeps a phase from closing, and what may be taken along."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign.rules.gate import GateFacts, GateOutcome, OpenDuty, PackageFacts, gate_decision

KINDS = ("mobilization", "rollout", "rectification", "readiness", "consolidation")
PASS, CARRY, HOLD = GateOutcome.PASS, GateOutcome.CARRY_OVER, GateOutcome.HOLD
READY = PackageFacts(verified=True, frozen=True)


def facts(kind: str) -> GateFacts:
    return GateFacts(phase_kind=kind, phase_name="试验阶段", package=READY)


def owed(number: int, unit: str = "教育局", title: str = "校园周边整治", light: str = "green") -> OpenDuty:
    return OpenDuty(number, unit, title, light)


@pytest.mark.parametrize("kind", KINDS)
def test_a_phase_with_nothing_open_may_close(kind: str) -> None:
    decision = gate_decision(facts(kind))
    assert decision.may_close
    assert decision.outcome_allowed == (PASS, HOLD)
    assert decision.blockers == ()


@pytest.mark.parametrize("kind", KINDS)
def test_an_open_required_duty_is_carried_over_by_name(kind: str) -> None:
    late, early = owed(7, light="red"), owed(3, "城关街道", "小区楼道清理")
    decision = gate_decision(replace(facts(kind), required_open=(early, late)))
    assert decision.outcome_allowed == (CARRY, HOLD)
    assert not decision.may_close
    assert decision.reasons == ("2 项必办事项未办结，其中 1 项逾期：教育局“校园周边整治”、城关街道“小区楼道清理”",)
    assert decision.leftovers == (late, early)
    assert decision.blockers[0].duty_ids == (7, 3)


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        pytest.param(
            replace(facts("mobilization"), units_without_contact=("城关街道", "教育局")), "no_contact", "2 个单位没有联络员：城关街道、教育局", id="contact"
        ),
        pytest.param(replace(facts("mobilization"), items_without_owner=("垃圾分类",)), "no_owner", "1 项任务没有责任单位：垃圾分类", id="owner"),
        pytest.param(
            replace(facts("rectification"), major_findings=(owed(5, title="消防通道堵塞"),)), "major_finding", "教育局“消防通道堵塞”", id="major-finding"
        ),
        pytest.param(
            replace(facts("readiness"), package=replace(READY, missing=("A1.2 会议纪要",))),
            "package_missing",
            "缺 1 项：A1.2 会议纪要",
            id="package-incomplete",
        ),
        pytest.param(replace(facts("readiness"), package=PackageFacts()), "package_unproved", "尚未校验", id="package-not-verified"),
        pytest.param(replace(facts("readiness"), package=PackageFacts(verified=True)), "package_unproved", "尚未封存", id="package-not-frozen"),
        pytest.param(replace(facts("consolidation"), scores_final=False), "scores_open", "得分尚未确定", id="scores"),
        pytest.param(replace(facts("consolidation"), open_appeals=(owed(9),)), "appeals_open", "1 件申诉未答复：教育局", id="appeals"),
        pytest.param(replace(facts("consolidation"), archive_verified=False), "archive_unverified", "档案尚未校验", id="archive"),
    ],
)
def test_what_the_next_phase_rests_on_cannot_be_carried_over(given: GateFacts, code: str, says: str) -> None:
    decision = gate_decision(replace(given, required_open=(owed(3),)))
    assert decision.outcome_allowed == (HOLD,)
    assert not decision.may_close
    assert decision.blockers[0].code == code
    assert says in decision.blockers[0].text
    assert decision.leftovers == ()


def test_letters_block_only_where_the_plan_asks_for_them() -> None:
    letter = owed(4, title="签订责任书")
    unasked = replace(facts("mobilization"), unsigned_letters=(letter,))
    assert gate_decision(unasked).may_close
    asked = gate_decision(replace(unasked, letters_asked=True, required_open=(letter,)))
    assert asked.reasons == ("1 份责任书尚未签订：教育局",)
    assert asked.leftovers == (letter,)


@pytest.mark.parametrize(
    ("due", "done", "share", "code"),
    [
        pytest.param(0, 0, 0.9, None, id="nothing-due"),
        pytest.param(10, 9, 0.9, None, id="share-reached"),
        pytest.param(10, 8, 0.9, "rectification_share", id="share-missed"),
        pytest.param(10, 9, 1.0, "rectification_share", id="all-wanted"),
    ],
)
def test_the_share_of_due_rectifications(due: int, done: int, share: float, code: str | None) -> None:
    decision = gate_decision(replace(facts("rectification"), rectifications_due=due, rectifications_done=done, rectification_share=share))
    assert [blocker.code for blocker in decision.blockers] == ([code] if code else [])


def test_a_kind_looks_only_at_its_own_facts() -> None:
    foreign = replace(facts("rollout"), units_without_contact=("教育局",), scores_final=False, package=PackageFacts(), rectifications_due=9)
    assert gate_decision(foreign).may_close


def test_long_lists_name_five_and_count_the_rest() -> None:
    decision = gate_decision(replace(facts("mobilization"), units_without_contact=tuple(f"社区{number}" for number in range(1, 9))))
    assert "8 个单位没有联络员：社区1、社区2、社区3、社区4、社区5等 8 个" in decision.reasons[0]


def test_outcomes_are_read_in_chinese() -> None:
    assert [outcome.label for outcome in GateOutcome] == ["通过", "带遗留问题转段", "暂缓转段"]
