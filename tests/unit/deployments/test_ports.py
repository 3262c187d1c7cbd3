"""A port is claimed from its choice until its server listens, so that two who start together never get the same."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from campaign.errors import CampaignError
from deployments.ports import choose_port, is_free
from tests.e2e.harness import ROOT

CLAIMING = """
import sys
from contextlib import ExitStack
from deployments.ports import choose_port
with ExitStack() as held:
    print(choose_port(int(sys.argv[1]), "门户", held), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def held() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@contextmanager
def listening() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@contextmanager
def another(wanted: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that has claimed what it could get, and does not listen there yet."""
    command = [sys.executable, "-c", CLAIMING, str(wanted)]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def test_a_taken_port_moves_to_the_next_free_one(held: ExitStack) -> None:
    with listening() as taken:
        assert not is_free(taken)
        chosen = choose_port(taken, "门户", held)
        assert chosen > taken
        assert is_free(chosen)


def test_a_port_that_was_named_does_not_move(held: ExitStack) -> None:
    with listening() as taken, pytest.raises(CampaignError, match=f"门户的端口 {taken} 已被"):
        choose_port(taken, "门户", held, fixed=True)


def test_two_services_never_get_the_same_port(held: ExitStack) -> None:
    first = choose_port(15300, "Prefect", held)
    assert choose_port(first, "门户", held) != first


def test_a_port_on_which_nobody_listens_yet_is_not_given_to_another_process_too(held: ExitStack) -> None:
    with another(15400) as (_, first):
        assert is_free(first)
        assert choose_port(first, "Prefect", held) > first
        with pytest.raises(CampaignError, match=f"Prefect的端口 {first} 已被"):
            choose_port(first, "Prefect", held, fixed=True)


def test_a_claim_goes_with_its_process_however_that_ends(held: ExitStack) -> None:
    with another(15500) as (process, first):
        process.kill()
        process.wait()
        assert choose_port(first, "Prefect", held) == first


def test_a_claim_ends_with_its_block() -> None:
    with ExitStack() as held:
        first = choose_port(15600, "Prefect", held)
    with ExitStack() as held:
        assert choose_port(first, "Prefect", held, fixed=True) == first
