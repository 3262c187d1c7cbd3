"""The selects of Prefect's run dialog: which campaigns and phases it offers.

Owns the change of a deployment's parameter schema. Refuses to read the records: the caller hands the choices over, so this room stays
free of the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from campaign.engine.client import Engine
from campaign.engine.forms import EVERY, choice
from campaign.engine.names import PASSES, PHASES, DeploymentName
from campaign.engine.runs import find_deployment


@dataclass(frozen=True)
class PhaseChoice:
    key: str
    name: str
    kind: str


@dataclass(frozen=True)
class CampaignChoice:
    slug: str
    title: str
    phases: tuple[PhaseChoice, ...] = ()


def refresh_selects(engine: Engine, campaigns: Sequence[CampaignChoice]) -> list[str]:
    """Make every run dialog list these campaigns; returns the deployments that changed."""
    changed = []
    for name in (*PHASES.values(), *PASSES.values()):
        deployment = find_deployment(engine, name)
        schema = offering(deployment.get("parameter_openapi_schema") or {}, name, campaigns)
        if schema != deployment.get("parameter_openapi_schema"):
            engine.ask("PATCH", f"/deployments/{deployment['id']}", {"parameter_openapi_schema": schema})
            changed.append(name.deployment)
    return changed


def offering(schema: dict[str, Any], name: DeploymentName, campaigns: Sequence[CampaignChoice]) -> dict[str, Any]:
    """The same schema with these choices. Without any, the field is free text: an empty select could not be submitted."""
    schema = deepcopy(schema)
    kind = next((kind for kind, deployment in PHASES.items() if deployment == name), None)
    fitting = [one for one in campaigns if kind is None or any(phase.kind == kind for phase in one.phases)]
    slugs = [choice(one.slug, one.title) for one in fitting]
    phases = dict.fromkeys(choice(phase.key, phase.name) for one in fitting for phase in one.phases if phase.kind == kind)
    for definition in (schema.get("definitions") or {}).values():
        fields = definition.get("properties") or {}
        if "campaign" in fields:
            _offer(fields["campaign"], slugs if kind else [EVERY, *slugs])
        if "phase" in fields:
            _offer(fields["phase"], list(phases))
    return schema


def _offer(field: dict[str, Any], options: list[str]) -> None:
    field.pop("enum", None)
    if options:
        field["enum"] = options
