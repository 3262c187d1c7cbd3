"""What a runner does with a run whose end Prefect has not heard of."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from uuid import UUID, uuid4

import httpx
import pytest
from prefect.client.schemas.objects import State
from prefect.exceptions import ObjectNotFound
from prefect.states import Running

from deployments import runner as module
from deployments.runner import Pace, Runner

AT_ONCE = Pace(busy=0, idle=0, deaf=0, away=0)


class Server:
    """Gives these answers to whoever asks for a run, and remembers what it was told."""

    def __init__(self, *answers: State[object] | Exception) -> None:
        self.answers = list(answers)
        self.told: list[str] = []

    async def read_flow_run(self, run_id: UUID) -> SimpleNamespace:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(state=answer)

    async def set_flow_run_state(self, run_id: UUID, state: State[object], *, force: bool) -> None:
        self.told.append(state.type.value)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Server]:
        yield self


async def end_a_run(server: Server, monkeypatch: pytest.MonkeyPatch) -> Runner:
    monkeypatch.setattr(module, "get_client", server.client)
    runner, run_id = Runner({}, pace=AT_ONCE), uuid4()
    runner._active[run_id] = threading.Thread()
    await runner._ended(run_id)
    return runner


async def test_a_run_that_ended_while_the_server_was_away_is_settled_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(httpx.ConnectError("away"), httpx.ReadTimeout("busy"), Running())
    runner = await end_a_run(server, monkeypatch)
    assert server.told == ["CRASHED"]
    assert runner.active == 0


async def test_a_run_that_the_server_does_not_know_any_more_keeps_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(ObjectNotFound(http_exc=RuntimeError("404")))
    assert (await end_a_run(server, monkeypatch)).active == 0
    assert server.told == []
