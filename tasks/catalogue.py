"""Which task carries out which step of a pass. A step without a line here would stop its pass, so a test compares the two."""

from __future__ import annotations

from typing import Any

from prefect import Task

from campaign.work.running.passes import StepResult
from tasks.assign import assign
from tasks.bulletin import bulletin
from tasks.collect import collect
from tasks.digest import digest
from tasks.escalate import escalate
from tasks.gate import gate
from tasks.publish import publish
from tasks.send import send
from tasks.series import series

TASKS: dict[str, Task[Any, StepResult]] = {
    "assign": assign,
    "collect": collect,
    "escalate": escalate,
    "publish": publish,
    "gate": gate,
    "series": series,
    "digest": digest,
    "send": send,
    "bulletin": bulletin,
}


def task_of(step: str) -> Task[Any, StepResult]:
    return TASKS[step]
