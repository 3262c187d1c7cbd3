"""Waiting for a run that Prefect carries out: what is said when Prefect goes away meanwhile, when the run fails, and when it is done."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from campaign.cli import engine_run
from campaign.engine.client import Engine
from campaign.engine.runs import Run
from campaign.errors import RetryLater

RUNNING = Run("r1", "示例", "RUNNING", "Running", "", "http://prefect/runs/flow-run/r1", None)


@pytest.fixture(autouse=True)
def look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_run, "LOOK_EVERY", 0.0)


def engine(answer: Callable[[httpx.Request], httpx.Response]) -> Engine:
    return Engine("http://prefect/api", patience=0.1, transport=httpx.MockTransport(answer))


def test_a_prefect_that_goes_away_while_one_waits_is_told_with_the_run() -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with engine(gone) as silent, pytest.raises(RetryLater) as told:
        engine_run._ended(silent, RUNNING)
    assert "已交给 Prefect 办理" in told.value.message
    assert RUNNING.url in told.value.message
    assert "没有丢失任何数据" in told.value.message


def test_the_end_of_the_run_is_waited_for() -> None:
    states = iter(["RUNNING", "RUNNING", "COMPLETED"])

    def told(_: httpx.Request) -> httpx.Response:
        state = next(states)
        return httpx.Response(200, json={"id": "r1", "name": "示例", "state": {"type": state, "name": state, "message": "新交办 1 项"}})

    with engine(told) as talking:
        assert engine_run._ended(talking, RUNNING).message == "新交办 1 项"


def test_a_run_that_never_ends_is_left_to_prefect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_run, "LONGEST_WAIT", -1.0)
    with engine(lambda _: httpx.Response(404)) as talking, pytest.raises(RetryLater, match="还没有执行完"):
        engine_run._ended(talking, RUNNING)
