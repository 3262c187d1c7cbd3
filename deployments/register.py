"""Owns what Prefect's server is told about us at each start: deployments, their forms, and the automation that finds dead runs.

Telling it again changes nothing. Deployments are written through the client's own call and not by `flow.deploy`, which would start
from a storage and a work pool that one machine does not have.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions, StateType
from prefect.client.schemas.schedules import CronSchedule
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.utilities.callables import parameter_schema

from campaign.engine.selects import CampaignChoice, offering
from deployments.table import ENTRIES, Entry

ZONE = "Asia/Shanghai"
ZOMBIES = "失联运行转为崩溃"
# Three missed heartbeats of 30 s, the quickest that Prefect allows.
SILENT_FOR = timedelta(seconds=90)
SIGNS_OF_LIFE = ("heartbeat", "Completed", "Skipped", "Failed", "Crashed", "Cancelled", "Cancelling")


def load_flow(entrypoint: str) -> Flow[..., Any]:
    """A flow by its module path; a file path would load a second copy of the module."""
    module, _, name = entrypoint.rpartition(".")
    flow = getattr(import_module(module), name)
    assert isinstance(flow, Flow), f"{entrypoint} is not a flow"
    return flow


async def register(client: PrefectClient, campaigns: Sequence[CampaignChoice] = (), entries: Sequence[Entry] = ENTRIES) -> dict[UUID, Flow[..., Any]]:
    """Create or renew every deployment; returns the flow that runs each."""
    return {await _deploy(client, entry, campaigns): load_flow(entry.entrypoint) for entry in entries}


async def _deploy(client: PrefectClient, entry: Entry, campaigns: Sequence[CampaignChoice]) -> UUID:
    flow = load_flow(entry.entrypoint)
    return await client.create_deployment(
        flow_id=await client.create_flow_from_name(entry.name.flow),
        name=entry.name.deployment,
        description=entry.description,
        tags=list(entry.tags),
        entrypoint=entry.entrypoint,
        schedules=[DeploymentScheduleCreate(schedule=CronSchedule(cron=entry.cron, timezone=ZONE), active=True)] if entry.cron else [],
        concurrency_limit=1 if entry.alone else None,
        concurrency_options=ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW) if entry.alone else None,
        parameter_openapi_schema=offering(form_schema(flow), entry.name, campaigns),
        enforce_parameter_schema=True,
        paused=False,
    )


def form_schema(flow: Flow[..., Any]) -> dict[str, Any]:
    """The schema of the run dialog. Prefect shows the parameter's Python name and the model's docstring; people read these words instead."""
    schema = parameter_schema(flow).model_dump()
    for field in schema.get("properties", {}).values():
        field["title"] = "本次办理"
    for model in schema.get("definitions", {}).values():
        model["description"] = "只办理到期而未办的部分，重复运行是安全的。"
    return schema


async def remove_zombie_automation(client: PrefectClient) -> None:
    """One machine needs none: its runner calls dead what it left behind. On SQLite each bucket of it is one more writer, and events get lost over that."""
    for found in await client.read_automations_by_name(ZOMBIES):
        await client.delete_automation(found.id)


async def install_zombie_automation(client: PrefectClient) -> None:
    """For work pools: a run that started, and then sends no heartbeat, becomes Crashed, whichever machine its process was on."""
    if await client.read_automations_by_name(ZOMBIES):
        return
    await client.create_automation(
        AutomationCore(
            name=ZOMBIES,
            description="运行进程失去联系超过 90 秒时，把运行标为崩溃，以免长期显示为运行中并占用名额。",
            trigger=EventTrigger(
                match=ResourceSpecification.model_validate({"prefect.resource.id": "prefect.flow-run.*"}),
                after={"prefect.flow-run.heartbeat"},
                expect={
                    "prefect.flow-run.heartbeat",
                    *(f"prefect.flow-run.{ended}" for ended in ("Completed", "Failed", "Crashed", "Cancelled", "Skipped", "Cancelling")),
                },
                for_each={"prefect.resource.id"},
                posture=Posture.Proactive,
                threshold=1,
                within=SILENT_FOR,
            ),
            actions=[ChangeFlowRunState(state=StateType.CRASHED, message="90 秒没有心跳：运行进程已失去联系。")],
        )
    )
