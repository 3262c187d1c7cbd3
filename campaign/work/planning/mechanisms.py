"""The mechanisms of supervision that a plan names, as what the engine does: recurring reports, the office's own recurring work, letters to sign.

A mechanism becomes duties only where its words say enough: a period for what recurs, a 依据 for letters. What says less, or has no
counterpart, stays in the plan and is shown with it; money is never computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlmodel import Session

from campaign.plan.recurrence import recurrence_of
from campaign.plan.spec import Mechanism, PhaseKind, PlanSpec, Recurrence
from campaign.records.duty.duties import DutyDraft
from campaign.records.planning import registry
from campaign.records.planning.registry import Part
from campaign.records.tables import Campaign, DutyKind, Phase
from campaign.rules.calendar import campaign_day
from campaign.work.planning.plan_duties import due_of

OFFICE_WORK = {
    "assessment": "组织测评并登记结果",
    "inspection": "组织检查并登记问题",
    "meeting": "召开例会并留存纪要",
    "supervise": "开展督查并登记情况",
    "circular": "编发通报",
}


def enter_mechanisms(
    tx: Session, campaign: Campaign, phases: Sequence[Phase], spec: PlanSpec, units: list[Part], today: date
) -> tuple[list[DutyDraft], set[str]]:
    """Enter the series that the named mechanisms ask of the engaged `units`; answers the drafts of what is owed once, and the origins of the series."""
    entered: set[str] = set()
    for mechanism in spec.supervision:
        for phase, title, owed_by, recurrence in _series_of(mechanism, campaign, phases, units):
            for part in owed_by:
                starts_on = phase.starts_on or campaign_day(campaign.launched_at)
                entered.add(
                    registry.put_series(
                        tx,
                        today,
                        campaign_id=campaign.id,
                        phase_id=phase.id,
                        item_id=None,
                        unit_id=part.unit_id,
                        origin=f"mechanism:{mechanism.kind}/phase:{phase.key}/unit:{part.code}",
                        title=title,
                        recurrence=recurrence.model_dump(mode="json"),
                        starts_on=starts_on,
                        ends_on=max(phase.ends_on or campaign.ends_on or starts_on, starts_on),
                    )
                )
    return list(_letters(campaign, phases, spec, units)), entered


def _series_of(mechanism: Mechanism, campaign: Campaign, phases: Sequence[Phase], units: list[Part]) -> Iterator[tuple[Phase, str, list[Part], Recurrence]]:
    office = [Part(campaign.office_unit_id, "OFFICE", "lead")]
    if mechanism.kind == "daily_report":
        # Daily and zero reports belong to the days of the inspection; asked all year they would be a burden that no plan means.
        for phase in phases:
            if phase.kind == PhaseKind.READINESS:
                yield phase, "零报告（每日）", units, Recurrence(every="day", text="每日零报告")
        return
    recurrence = recurrence_of(mechanism.text)
    if recurrence is None or recurrence.every in ("event", "open"):
        return
    for phase in phases:
        if mechanism.kind == "periodic_report" and phase.kind in (PhaseKind.ROLLOUT, PhaseKind.RECTIFICATION):
            yield phase, "工作进展报告", units, recurrence
        elif mechanism.kind in OFFICE_WORK and phase.kind not in (PhaseKind.MOBILIZATION, PhaseKind.CONSOLIDATION):
            yield phase, OFFICE_WORK[mechanism.kind], office, recurrence


def _letters(campaign: Campaign, phases: Sequence[Phase], spec: PlanSpec, units: list[Part]) -> Iterator[DutyDraft]:
    """责任书 for every engaged unit, where the plan asks for them and names what it rests on."""
    if not spec.basis or not any(mechanism.kind == "responsibility_letter" for mechanism in spec.supervision):
        return
    if any(item.signed for item in spec.items):
        return  # the items themselves say who signs
    phase = next((phase for phase in phases if phase.kind == PhaseKind.MOBILIZATION), phases[0])
    due_at, source = due_of(campaign, phase, None, "phase")
    for part in units:
        yield DutyDraft(
            campaign_id=campaign.id,
            phase_id=phase.id,
            unit_id=part.unit_id,
            kind=DutyKind.SIGN,
            origin=f"letter:{phase.key}/unit:{part.code}",
            title="签订责任书",
            ladder_id=campaign.ladder_id,
            due_at=due_at,
            due_source=source,
            waiting=True,
        )
