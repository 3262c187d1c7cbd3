"""The passes that opened a duty and took its rungs, with the Prefect run that carried each out, where one did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, literal, or_, select
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Escalation, PassRun, RungRow

_run, _escalation, _rung = table_of(PassRun), table_of(Escalation), table_of(RungRow)
RUNS_PATH = "/runs/flow-run/"


@dataclass(frozen=True, slots=True)
class DutyRun:
    """`did` is 交办, or the rung that was taken; `flow_run_id` is empty where the pass ran without Prefect."""

    did: str
    pass_id: int
    name: str
    at: datetime
    state: str
    message: str
    actor: str
    flow_run_id: str

    def url(self, prefect_ui: str) -> str:
        """Where Prefect shows it; empty when it does not."""
        return f"{prefect_ui.rstrip('/')}{RUNS_PATH}{self.flow_run_id}" if self.flow_run_id and prefect_ui else ""


def runs_of_duty(tx: Session, duty: Any) -> list[DutyRun]:
    """One query, by indexes: a duty is opened at the very moment that its pass is told, and each step names its pass."""
    told = (_run.c.id, _run.c.name, _run.c.started_at, _run.c.state, _run.c.message, _run.c.actor, _run.c.flow_run_id)
    mine = and_(or_(_run.c.campaign_id.is_(None), _run.c.campaign_id == duty.campaign_id), or_(_run.c.phase_id.is_(None), _run.c.phase_id == duty.phase_id))
    opened = select(literal("交办").label("did"), *told).where(_run.c.name.in_(("phase", "supervision")), _run.c.started_at == duty.opened_at, mine)
    climbed = (
        select(_rung.c.name, *told)
        .select_from(_escalation)
        .join(_run, _run.c.id == _escalation.c.pass_id)
        .join(_rung, and_(_rung.c.ladder_id == duty.ladder_id, _rung.c.number == _escalation.c.rung))
        .where(_escalation.c.duty_id == duty.id, ~_escalation.c.skipped)
    )
    return sorted((DutyRun(*row) for row in tx.execute(opened.union_all(climbed))), key=lambda one: (one.at, one.pass_id))
