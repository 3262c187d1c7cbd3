"""Handing a phase's pass to Prefect over HTTP, and waiting for it where that is wanted. The only part of the command line that needs Prefect."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from campaign.cli.desk import answer
from campaign.cli.options import Writing
from campaign.cli.output import progress
from campaign.errors import CampaignError, RetryLater

if TYPE_CHECKING:
    from campaign.engine.client import Engine
    from campaign.engine.runs import Run

LONGEST_WAIT = 600.0
LOOK_EVERY = 0.5


def trigger_phase(act: Writing, *, slug: str, title: str, key: str, name: str, kind: str, wait: bool) -> None:
    """The time is given along only when the user gave one: a run in real time reads the clock when it begins."""
    from campaign.engine.client import connect
    from campaign.engine.forms import PhaseForm, choice, parameters_of
    from campaign.engine.names import deployment_of
    from campaign.engine.runs import trigger

    form = PhaseForm(campaign=choice(slug, title), phase=choice(key, name), reason=act.reason or "", at=act.now if act.now_given else None)
    engine = connect(act.settings.prefect_url, home=act.data_dir)
    try:
        run, _ = trigger(engine, deployment_of("phase", kind), parameters_of(form), actor=act.actor, tags=[slug, name])
        if wait:
            run = _ended(engine, run)
    finally:
        engine.close()
    value = {"run": run.id, "name": run.name, "state": run.state_name, "message": run.message, "url": run.url}
    if run.is_dead:
        raise CampaignError(f"Prefect 没有办成：{run.message or run.state_name}。详情：{run.url}", code="run_failed", run=run.id)
    words = f"已办理：{run.message}" if run.is_final else f"已交给 Prefect 办理阶段「{name}」。"
    answer(act, value, words, f"查看：{run.url}")


def _ended(engine: Engine, run: Run) -> Run:
    from campaign.engine.client import EngineDown
    from campaign.engine.runs import read_run

    until = time.monotonic() + LONGEST_WAIT
    with progress("等待 Prefect 执行…"):
        while not run.is_final:
            if time.monotonic() > until:
                raise RetryLater(f"等了 {LONGEST_WAIT:.0f} 秒还没有执行完，可稍后在 {run.url} 查看；没有丢失任何数据。", code="still_running", run=run.id)
            time.sleep(LOOK_EVERY)
            try:
                run = read_run(engine, run.id) or run
            except EngineDown as gone:
                raise RetryLater(
                    f"已交给 Prefect 办理，但等待时它断了（{engine.ui_url}）：请确认 campaign up 还在运行，稍后在 {run.url} 查看；再办理一次也不会重复，没有丢失任何数据。",
                    code="prefect_gone",
                    run=run.id,
                ) from gone
    return run
