"""A server that is alive and silent is noticed, once a silence."""

from __future__ import annotations

import threading

from deployments.hearing import DEAF_SECONDS, Hearing


class Ear:
    def __init__(self) -> None:
        self.now, self.answers = 0.0, True
        self.hearing = Hearing(lambda: self.answers, threading.Event(), clock=lambda: self.now)

    def after(self, seconds: float) -> bool:
        self.now += seconds
        self.hearing.listen()
        return self.hearing.is_deaf(self.now)


def test_a_server_that_answers_is_never_deaf() -> None:
    ear = Ear()
    assert not any(ear.after(60) for _ in range(10))


def test_a_silent_server_is_deaf_after_its_time_and_only_then() -> None:
    ear = Ear()
    ear.answers = False
    assert not ear.after(DEAF_SECONDS - 1)
    assert ear.after(1)


def test_after_a_restart_it_has_its_whole_time_again() -> None:
    ear = Ear()
    ear.answers = False
    assert ear.after(DEAF_SECONDS)
    assert not ear.after(DEAF_SECONDS - 1)
    assert ear.after(1)


def test_one_answer_in_between_ends_the_silence() -> None:
    ear = Ear()
    ear.answers = False
    assert not ear.after(80)
    ear.answers = True
    assert not ear.after(1)
    ear.answers = False
    assert not ear.after(80)
