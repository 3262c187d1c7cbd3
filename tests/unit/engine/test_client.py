"""Calls to Prefect are tried again when that may help, and told in Chinese when not."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from campaign.engine.client import ADDRESS_FILE, Engine, EngineDown, EngineRefused, connect, noted_address
from campaign.engine.names import PHASES, deployment_of
from campaign.engine.runs import trigger
from campaign.plan.spec import PhaseKind

Answer = Callable[[httpx.Request], httpx.Response]


def engine_that(*answers: int | Exception, patience: float = 5.0) -> tuple[Engine, list[httpx.Request]]:
    """Answers in turn, the last one for ever; also the list of what was asked."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        said = answers[min(len(asked), len(answers)) - 1]
        if isinstance(said, Exception):
            raise said
        return httpx.Response(said, json={"detail": "说明"})

    return Engine("http://127.0.0.1:4200/api", patience=patience, transport=httpx.MockTransport(answer)), asked


@pytest.mark.parametrize(
    "trouble",
    [503, 429, httpx.ReadError("x"), httpx.RemoteProtocolError("x"), httpx.ConnectError("x")],
    ids=["busy", "too many", "torn", "dropped", "refused"],
)
def test_passing_trouble_is_tried_again(trouble: int | Exception) -> None:
    engine, asked = engine_that(trouble, trouble, 200)
    assert engine.ask("GET", "/x") == {"detail": "说明"}
    assert len(asked) == 3


def test_a_server_that_is_away_is_named_with_its_address_and_how_to_start_it() -> None:
    engine, _ = engine_that(httpx.ConnectError("refused"), patience=0.3)
    with pytest.raises(EngineDown, match=r"http://127\.0\.0\.1:4200.*campaign up"):
        engine.ask("GET", "/x")


def test_a_server_that_stays_busy_ends_in_a_refusal_to_wait_longer() -> None:
    engine, asked = engine_that(503, patience=2)
    with pytest.raises(EngineDown, match="正忙"):
        engine.ask("POST", "/x", {})
    assert len(asked) > 1


def test_a_refusal_is_not_tried_again_and_carries_what_prefect_said() -> None:
    engine, asked = engine_that(409)
    with pytest.raises(EngineRefused, match="说明"):
        engine.ask("POST", "/x", {})
    assert len(asked) == 1


def test_a_missing_password_is_told_by_the_name_of_its_setting() -> None:
    engine, _ = engine_that(403)
    with pytest.raises(EngineRefused, match="PREFECT_API_AUTH_STRING"):
        engine.ask("GET", "/x")


def test_what_does_not_exist_is_none() -> None:
    engine, _ = engine_that(404)
    assert engine.ask("GET", "/flow_runs/unknown") is None


def test_the_noted_address_of_a_running_up_beats_the_setting(tmp_path: Path) -> None:
    (tmp_path / ADDRESS_FILE).write_text(json.dumps({"prefect": "http://127.0.0.1:4207/api"}))
    assert connect("http://127.0.0.1:4200/api", home=tmp_path).api_url == "http://127.0.0.1:4207/api"


@contextmanager
def prefect_with_password(password: str) -> Iterator[str]:
    """A server that answers 200 at /api/health to whoever knows the password; its address."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = "Basic " + base64.b64encode(password.encode()).decode()
            known = self.path == "/api/health" and self.headers.get("Authorization") == wanted
            self.send_response(200 if known else 401)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/api"
        server.shutdown()


def test_a_server_is_healthy_for_whoever_knows_its_password() -> None:
    with prefect_with_password("a:b") as address, Engine(address, auth="a:b") as known, Engine(address) as stranger:
        assert (known.is_healthy(), stranger.is_healthy()) == (True, False)
    with Engine(address, auth="a:b") as away:
        assert not away.is_healthy()


@pytest.mark.parametrize(("answer", "healthy"), [(200, True), (503, False), (httpx.ConnectError("x"), False)], ids=["up", "busy", "away"])
def test_a_server_behind_another_transport_is_asked_through_it(answer: int | Exception, healthy: bool) -> None:
    engine, asked = engine_that(answer)
    assert engine.is_healthy() is healthy
    assert [one.url.path for one in asked] == ["/api/health"]


@pytest.mark.parametrize("text", ["", "[]", '{"prefect": 3}', '{"prefect": "file:///etc/passwd"}'], ids=["empty", "list", "number", "no web address"])
def test_a_damaged_note_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / ADDRESS_FILE).write_text(text)
    assert noted_address(tmp_path, "prefect") is None


def prefect_with_runs(states: dict[str, str], seen: list[str]) -> Engine:
    """Knows one deployment; the run of a key stands as told, COMPLETED for unknown keys when none is told."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"id": "d1"})
        key = json.loads(request.content)["idempotency_key"]
        seen.append(key)
        return httpx.Response(201, json={"id": key, "state": {"type": states.get(key, "SCHEDULED")}})

    return Engine("http://x/api", transport=httpx.MockTransport(answer))


@pytest.mark.parametrize(("renew", "attempt"), [(False, 3), (True, 4)], ids=["a completed run answers its key", "what is due again gets a new run"])
def test_dead_runs_of_a_key_are_skipped(renew: bool, attempt: int) -> None:
    seen: list[str] = []
    engine = prefect_with_runs({"k:1": "CANCELLED", "k:2": "CRASHED", "k:3": "COMPLETED"}, seen)
    run, took = trigger(engine, PHASES[PhaseKind.ROLLOUT], {}, key="k", renew=renew)
    assert (took, run.id, seen) == (attempt, f"k:{attempt}", [f"k:{n}" for n in range(1, attempt + 1)])


def test_every_kind_of_phase_has_a_deployment_of_its_own() -> None:
    names = {deployment_of("phase", kind) for kind in PhaseKind}
    assert len(names) == len(PhaseKind)
