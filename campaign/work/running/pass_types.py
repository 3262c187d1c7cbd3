"""The words a pass is made of: its request, its steps and batches, what each answers, and the summary. Frozen values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from campaign.records.leases import Hold
from campaign.records.store import Store

if TYPE_CHECKING:
    from campaign.work.running.pass_steps import Services


@dataclass(frozen=True, slots=True)
class PassRequest:
    """Which pass, over what, at which moment, by whom. `due_key` joins it to the Prefect run that carries it, `flow_run_id` names that run."""

    name: str
    campaign: str | None
    phase: str | None
    now: datetime
    actor: str
    reason: str = ""
    due_key: str = ""
    flow_run_id: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one task run works on: a unit or a group of units, or so many parts of the due rows from `number` on. `code` is ASCII, `label` Chinese."""

    code: str
    label: str
    unit_ids: tuple[int, ...] = ()
    number: int = 0
    parts: int = 1


@dataclass(frozen=True, slots=True)
class StepResult:
    counts: dict[str, int] = field(default_factory=dict)
    rows: tuple[dict[str, str], ...] = ()
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PassContext:
    id: int
    name: str
    request: PassRequest
    hold: Hold
    steps: tuple[Step, ...]
    campaign_id: int | None
    phase_id: int | None
    campaign_slug: str
    campaign_title: str
    phase_key: str
    phase_label: str
    kind: str
    services: Services | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pass: how it splits into batches, and what it does with one."""

    name: str
    label: str
    split: Callable[[Store, PassContext], list[Batch]]
    run: Callable[[Store, PassContext, Batch], StepResult]


@dataclass(frozen=True, slots=True)
class PassSummary:
    pass_id: int
    name: str
    message: str
    counts: dict[str, int]
    tables: dict[str, list[dict[str, Any]]]
