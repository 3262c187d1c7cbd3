"""A lease tells whose it is, and the next process of this machine sees whether that one still lives."""

from __future__ import annotations

import subprocess
import sys

import pytest

from campaign.records import leases
from campaign.records.store import Store
from campaign.work.running.holders import free_leases_of_the_dead, holder_name, is_dead_here


def of_a_dead_process() -> str:
    """What a process that has ended called itself."""
    command = [sys.executable, "-c", "from campaign.work.running.holders import holder_name; print(holder_name())"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_a_living_process_is_not_dead_and_two_holds_of_it_are_two_holders() -> None:
    assert not is_dead_here(holder_name())
    assert holder_name() != holder_name()


def test_a_process_that_ended_is_dead() -> None:
    assert is_dead_here(of_a_dead_process())


def test_a_number_given_to_another_process_since_is_dead() -> None:
    host, pid, started, letters = holder_name().rsplit(":", 3)
    assert is_dead_here(f"{host}:{pid}:{int(started) - 3600}:{letters}")
    assert not is_dead_here(f"{host}:{pid}:{int(started) - 1}:{letters}"), "the boot moment moves a little when the clock is set"


@pytest.mark.parametrize("holder", ["other-machine:1:2:abc", "sealer", "", "a:b:c:d"], ids=["another host", "a role", "nobody", "no number"])
def test_of_others_nothing_is_said(holder: str) -> None:
    assert not is_dead_here(holder)


def test_a_claim_has_room_for_the_name() -> None:
    assert len(holder_name()) <= 80


def test_only_the_leases_of_the_dead_are_let_go(store: Store) -> None:
    leases.take(store, "clock", of_a_dead_process(), 90)
    kept = leases.take(store, "pass:supervision", holder_name(), 60)
    leases.take(store, "elsewhere", "other-machine:7:8:abc", 60)

    assert free_leases_of_the_dead(store) == ["clock"]

    assert kept is not None
    assert leases.renew(store, kept)
    assert leases.take(store, "clock", "next", 90) is not None
    assert leases.take(store, "elsewhere", "next", 90) is None
    assert free_leases_of_the_dead(store) == []


def test_a_holder_believed_dead_that_lives_can_write_nothing_more(store: Store) -> None:
    hold = leases.take(store, "pass:supervision", of_a_dead_process(), 60)
    free_leases_of_the_dead(store)
    leases.take(store, "pass:supervision", "next", 60)
    assert hold is not None
    assert not leases.renew(store, hold)
