"""How runs are called in Prefect's lists: 「创建文明城市 · 动员部署 · 2026-03-05」. Owns nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from prefect.runtime import flow_run

from campaign.engine.forms import EVERY, CampaignForm, PhaseForm, name_of
from tasks.workplace import workplace

LONGEST = 60


def phase_run_name() -> str:
    """Campaign, phase and day, in the zone of the campaigns."""
    form = _form(PhaseForm)
    return f"{_short(name_of(form.campaign))} · {_short(name_of(form.phase))} · {_local(form.at):%Y-%m-%d}"


def pass_run_name() -> str:
    """The pass and its minute: 「督办 · 创建文明城市 · 2026-03-05 09:00」."""
    form = _form(CampaignForm)
    parts = [str(flow_run.flow_name), f"{_local(form.at):%Y-%m-%d %H:%M}"]
    if form.campaign != EVERY:
        parts.insert(1, _short(name_of(form.campaign)))
    return " · ".join(parts)


def housekeeping_run_name() -> str:
    """「数据备份 · 2026-03-05 02:30」."""
    return f"{flow_run.flow_name} · {_local(None):%Y-%m-%d %H:%M}"


def _form(model: Any) -> Any:
    given = (flow_run.parameters or {}).get("request")
    return given if isinstance(given, model) else model.model_validate(given or {})


def _local(at: datetime | None) -> datetime:
    return (at or datetime.now(UTC)).astimezone(workplace().zone)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
