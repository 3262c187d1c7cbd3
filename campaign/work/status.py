"""Where a campaign stands, as `campaign status --json` and the portal's `/api/status` answer it: one shape, made in one place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session

from campaign.records.pages.views import lights_by
from campaign.records.planning.registry import phases_of
from campaign.records.tables import Campaign
from campaign.records.tables.duties import duty_table
from campaign.rules.calendar import CAMPAIGN_ZONE, Light
from campaign.work.planning.gate_facts import ask_gate


def campaign_status(tx: Session, campaign: Campaign, now: datetime) -> dict[str, Any]:
    """`{campaign, now, phases: [{key, name, kind, state, start, end, lights, blockers}]}`; only an open phase has blockers."""
    phases = phases_of(tx, campaign)
    lit = lights_by(tx, duty_table.c.phase_id, duty_table.c.phase_id.in_([phase.id for phase in phases]), now, campaign.calendar)
    none = dict.fromkeys((light.value for light in Light), 0)
    return {
        "campaign": campaign.slug,
        "now": now.astimezone(CAMPAIGN_ZONE).isoformat(timespec="seconds"),
        "phases": [
            {
                "key": phase.key, "name": phase.name, "kind": phase.kind, "state": phase.state,
                "start": phase.starts_on.isoformat() if phase.starts_on else None, "end": phase.ends_on.isoformat() if phase.ends_on else None,
                "lights": none | lit.get(phase.id, {}),
                "blockers": list(ask_gate(tx, campaign, phase, now).reasons) if phase.state == "open" else [],
            }
            for phase in phases
        ],
    }  # fmt: skip
