"""Owns the running of our flow runs inside this process, a thread and an event loop each.

Prefect's own runner starts a Python for each run: 3.4 s until the first line at best, 10 s by default; this needs 0.3 s. The price is
that what its child processes give for nothing is done here: ending a cancellation, and calling dead what an earlier process left
running (a dead run would keep its deployment's slot for ever).

It sleeps until Prefect's event stream says that something was scheduled or is being cancelled, and asks all the same every few seconds,
since an event may get lost. Asking four times a second instead costs 6 % of a core for nothing.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast, get_type_hints
from uuid import UUID

import httpx
from prefect import Flow
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas import OrchestrationResult
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.events.clients import get_events_subscriber
from prefect.events.filters import EventFilter, EventNameFilter
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.flow_engine import run_flow
from prefect.states import Cancelled, Crashed, Failed, Pending

from campaign.engine.forms import faults_in
from flows._stop import ask_to_stop, forget

log = logging.getLogger("campaign.runner")

AT_ONCE = 2
WAKING = [f"prefect.flow-run.{name}" for name in ("Scheduled", "AwaitingRetry", "Resuming", "Cancelling")]
UNDONE = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]


@dataclass(frozen=True)
class Pace:
    """Seconds between two questions to the server: while runs are at work, while nothing happens, while no event stream tells of news, while it is away."""

    busy: float = 0.5
    idle: float = 5.0
    deaf: float = 0.5
    away: float = 2.0


class Runner:
    """Runs what is scheduled for `flows` (deployment id → flow) until `stop()`."""

    def __init__(self, flows: Mapping[UUID, Flow[..., Any]], *, at_once: int = AT_ONCE, pace: Pace | None = None) -> None:
        self._flows = dict(flows)
        self._at_once = at_once
        self._pace = pace or Pace()
        self._active: dict[UUID, threading.Thread] = {}
        self._hears = False
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()

    @property
    def active(self) -> int:
        return len(self._active)

    def stop(self) -> None:
        """Take nothing new; `run` returns when what is at work has ended. May be called from any thread."""
        self._stopping = True
        self._wake()

    async def run(self) -> None:
        self._loop = asyncio.get_running_loop()
        listening = asyncio.create_task(self._listen())
        try:
            async with get_client() as client:
                while not (self._stopping and not self._active):
                    await self._look(client)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._news.wait(), self._interval())
                    self._news.clear()
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    def _interval(self) -> float:
        if self._active:
            return self._pace.busy
        return self._pace.idle if self._hears else self._pace.deaf

    def _wake(self) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has already ended
                self._loop.call_soon_threadsafe(self._news.set)

    async def _look(self, client: PrefectClient) -> None:
        """One round. A server that is away or busy is no reason to end: the next round asks again."""
        try:
            await self._pass_on_cancellations(client)
            if not self._stopping:
                await self._take(client)
        except (httpx.HTTPError, PrefectHTTPStatusError, OSError) as error:
            log.warning("Prefect 暂时没有应答（%s），稍后再问", error)
            await asyncio.sleep(1)

    async def _take(self, client: PrefectClient) -> None:
        free = self._at_once - len(self._active)
        if free <= 0 or not self._flows:
            return
        waiting = await client.get_scheduled_flow_runs_for_deployments(list(self._flows), scheduled_before=datetime.now(UTC), limit=free + len(self._active))
        for run in waiting:
            if run.id not in self._active and len(self._active) < self._at_once:
                await self._start(client, run)

    async def _start(self, client: PrefectClient, run: FlowRun) -> None:
        """Claims the run by proposing Pending: Prefect answers with Cancelled there when the deployment's limit is reached."""
        answer: OrchestrationResult[Any] = await client.set_flow_run_state(run.id, Pending())
        if answer.state is None or answer.state.type != StateType.PENDING or run.deployment_id is None:
            log.info("%s 没有开始：%s", run.name, answer.state.message if answer.state else answer.status)
            return
        run.state = answer.state
        thread = threading.Thread(target=self._work, args=(run, self._flows[run.deployment_id]), name=f"run-{run.id}", daemon=True)
        self._active[run.id] = thread
        thread.start()

    def _work(self, run: FlowRun, flow: Flow[..., Any]) -> None:
        """The body of a run's thread. The engine has already told the server how it ended; what comes out here is only noted."""
        try:
            form = get_type_hints(flow.fn).get("request")
            wrong = faults_in(form, run.parameters) if form is not None else []
            work = _refuse(run, flow, wrong) if wrong else run_flow(flow, flow_run=run, return_type="state")
            asyncio.run(cast(Coroutine[Any, Any, Any], work))
        except BaseException as error:  # Abort and crash signals are no Exceptions
            log.warning("运行 %s 中断：%r", run.name, error)
        finally:
            assert self._loop is not None
            with suppress(RuntimeError):  # the loop has already ended
                asyncio.run_coroutine_threadsafe(self._ended(run.id), self._loop)

    async def _ended(self, run_id: UUID) -> None:
        """The engine gives up after a minute on a server that is away; the run would say for ever that it is at work, and keep the slot of a lone deployment."""
        settled = await self._settled(run_id)
        while not settled and not self._stopping:
            await asyncio.sleep(self._pace.away)
            settled = await self._settled(run_id)
        # Freed only now: until its state is settled, the next run of a lone deployment would be turned away.
        self._active.pop(run_id, None)
        forget(run_id)
        self._news.set()

    async def _settled(self, run_id: UUID) -> bool:
        """False while the server is away or busy; a run that it does not know any more needs no state."""
        try:
            async with get_client() as client:
                await _settle(client, run_id)
        except ObjectNotFound:
            return True
        except PrefectHTTPStatusError as error:
            return error.response.status_code < httpx.codes.INTERNAL_SERVER_ERROR
        except (httpx.HTTPError, OSError):
            return False
        return True

    async def _pass_on_cancellations(self, client: PrefectClient) -> None:
        """Runs at work are asked to stop; a run that ended while the server was away is told Cancelled here."""
        wanted = {"deployment_id": {"any_": list(self._flows)}, "state": {"type": {"any_": [StateType.CANCELLING]}}}
        for run in await client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate(wanted), limit=50):
            if run.id in self._active:
                ask_to_stop(run.id)
            else:
                await _settle(client, run.id)

    async def _listen(self) -> None:
        """Keeps an ear on the event stream; while it cannot, `_interval` asks more often."""
        while True:
            try:
                async with get_events_subscriber(EventFilter(event=EventNameFilter(name=WAKING)), reconnection_attempts=0) as events:
                    self._hears = True
                    self._news.set()
                    async for _ in events:
                        self._news.set()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # websockets, httpx and assertions: whatever it was, we ask more often and try again
                log.debug("event stream lost: %r", error)
            self._hears = False
            await asyncio.sleep(2)


async def _refuse(run: FlowRun, flow: Flow[..., Any], wrong: list[str]) -> None:
    """A run whose form cannot be read ends with what is wrong in it; the engine would end it with its own, English, words."""
    async with get_client() as client:
        await client.update_flow_run(run.id, name=f"{flow.name} · 填写有误")
        await client.set_flow_run_state(run.id, Failed(message=f"{'；'.join(wrong)}。请改正后重新运行，没有任何改动。"), force=True)


async def _settle(client: PrefectClient, run_id: UUID) -> None:
    """The end of a run that the engine could not write: a cancelled one stays Cancelling, a torn one Running."""
    run = await client.read_flow_run(run_id)
    if run.state is None or run.state.is_final() or run.state.is_scheduled():
        return
    ending: State[Any] = Cancelled(message="已按要求停止。") if run.state.is_cancelling() else Crashed(message="运行中断，没有正常结束。")
    await client.set_flow_run_state(run_id, ending, force=True)


async def bury_dead_runs(client: PrefectClient, deployments: list[UUID]) -> int:
    """Runs of ours that say they are at work before this process took any: nobody works on them. Returns how many there were."""
    if not deployments:
        return 0
    wanted = FlowRunFilter.model_validate({"deployment_id": {"any_": deployments}, "state": {"type": {"any_": UNDONE}}})
    dead = await client.read_flow_runs(flow_run_filter=wanted, limit=200)
    for run in dead:
        await client.set_flow_run_state(run.id, Crashed(message="服务重启时发现原进程已不在；数据没有丢失，下一轮会接着办理。"), force=True)
    return len(dead)
