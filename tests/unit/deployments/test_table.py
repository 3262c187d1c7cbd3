"""No entrypoint, limit or schedule of a deployment changes silently."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow
from ruamel.yaml import YAML

from campaign.engine.names import ALL
from campaign.work.running.passes import PASSES
from deployments.register import ZONE, form_schema, load_flow
from deployments.table import ENTRIES, Entry
from tasks.catalogue import TASKS

ROOT = Path(__file__).parents[3]

# Flow, deployment, entrypoint, one at a time, cron.
SNAPSHOT = [
    ("动员阶段", "动员", "flows.mobilization.mobilization", False, None),
    ("推进阶段", "推进", "flows.rollout.rollout", False, None),
    ("自查整改阶段", "自查整改", "flows.rectification.rectification", False, None),
    ("迎检阶段", "迎检", "flows.readiness.readiness", False, None),
    ("总结巩固阶段", "总结巩固", "flows.consolidation.consolidation", False, None),
    ("督办", "督办巡检", "flows.supervision.supervision", True, None),
    ("工作简报", "简报", "flows.reporting.reporting", False, None),
    ("文书送达", "送达", "flows.delivery.delivery", True, None),
    ("督办时钟检查", "时钟检查", "flows.clock_check.clock_check", True, "*/15 * * * *"),
    ("数据备份", "备份", "flows.backup.backup", True, "30 2 * * *"),
    ("数据清理", "清理", "flows.cleaning.cleaning", True, "15 3 * * *"),
]


def yaml_deployments() -> list[dict[str, Any]]:
    loaded: dict[str, Any] = YAML(typ="safe").load((ROOT / "deployments" / "prefect.yaml").read_text("utf-8"))
    return list(loaded["deployments"])


def test_the_deployments_are_these() -> None:
    assert [(one.name.flow, one.name.deployment, one.entrypoint, one.alone, one.cron) for one in ENTRIES] == SNAPSHOT
    assert {one.name for one in ENTRIES} == set(ALL)


def test_work_pools_are_told_the_same() -> None:
    told = [
        (one["name"], one["entrypoint"], one["tags"], one.get("concurrency_limit") == {"limit": 1, "collision_strategy": "CANCEL_NEW"}, one["schedules"])
        for one in yaml_deployments()
    ]
    assert told == [
        (one.name.deployment, one.entrypoint, list(one.tags), one.alone, [{"cron": one.cron, "timezone": ZONE}] if one.cron else []) for one in ENTRIES
    ]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name.deployment)
def test_an_entrypoint_is_an_async_flow_with_the_name_of_its_deployment(entry: Entry) -> None:
    flow = load_flow(entry.entrypoint)
    assert isinstance(flow, Flow)
    assert flow.isasync, "a sync flow waits up to a second at its end"
    assert flow.name == entry.name.flow


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name.deployment)
def test_the_run_dialog_speaks_chinese(entry: Entry) -> None:
    schema = form_schema(load_flow(entry.entrypoint))
    assert list(schema["properties"]) == ["request"]
    labels = [schema["properties"]["request"]["title"]]
    labels += [field["title"] for definition in schema["definitions"].values() for field in definition["properties"].values()]
    labels += [definition["description"] for definition in schema["definitions"].values()]
    assert all(not label.isascii() for label in labels), labels


def test_every_step_of_every_pass_has_a_task() -> None:
    assert {step.name for steps in PASSES.values() for step in steps} == set(TASKS)


def test_a_task_is_named_as_its_step_is_for_people() -> None:
    labels = {step.name: step.label for steps in PASSES.values() for step in steps}
    assert {name: task.name for name, task in TASKS.items()} == labels


def test_flow_files_define_no_classes() -> None:
    for entry in ENTRIES:
        module = importlib.import_module(entry.entrypoint.rpartition(".")[0])
        own = [name for name, value in vars(module).items() if isinstance(value, type) and value.__module__ == module.__name__]
        assert own == []
