"""What is too long for a page is done by a child process: one at a time, found again after a restart, and never believed beyond its death."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign.errors import Conflict, NotFound
from campaign.work.upkeep.errands import ALIVE, ASIDE, ENDED, KEPT_FOR, MOST_UNFINISHED, PARENT, TURN, Errand, Errands, Stand, Words, forget_old

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def errands(tmp_path: Path) -> Errands:
    return Errands(tmp_path / "errands", f"sqlite:///{tmp_path / 'campaign.db'}")


def sent(errands: Errands, *words: str, about: str = "甲", by: str = "邵清和", **rest: Any) -> Errand:
    said: Words = lambda folder: words  # noqa: E731 - as short as what it stands for
    return errands.send("look", about, said, by=by, now=NOW, facts={"title": about}, **rest)


def finished(errands: Errands, errand: Errand) -> Errand:
    with (errand.folder / ALIVE).open("rb") as alive:
        fcntl.flock(alive, fcntl.LOCK_SH)
    return errands.find(errand.id)


@contextmanager
def somebody_elses_turn(errands: Errands) -> Iterator[None]:
    errands.folder.mkdir(parents=True, exist_ok=True)
    with (errands.folder / TURN).open("ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def told(errands: Errands, name: str = "20261120023000000000-0badcafe", **asked: Any) -> Path:
    folder = errands.folder / name
    folder.mkdir(parents=True)
    all_of_it = {"kind": "look", "about": "甲", "asked_by": "邵清和", "asked_at": NOW.isoformat(), "words": [], "facts": {}} | asked
    (folder / "asked.json").write_text(json.dumps(all_of_it), encoding="utf-8")
    return folder


def test_an_errand_waits_for_its_turn_is_done_and_found_again_by_anybody(errands: Errands) -> None:
    with somebody_elses_turn(errands):
        waiting = sent(errands, "ladder", "show", "standard", "--json")
        assert waiting.stand is Stand.WAITING
        assert waiting.worked_for(NOW) == 0
    done = finished(errands, waiting)
    assert done.is_over
    assert done.began_at is not None
    assert done.ended_at is not None
    again = Errands(errands.folder, "sqlite://").find(waiting.id, "look")
    assert again == done
    assert not (done.folder / ASIDE).exists()
    with pytest.raises(NotFound):
        errands.find(waiting.id, "another kind")


def test_a_refusal_of_the_command_is_told_in_its_own_words_and_a_defect_in_none(errands: Errands) -> None:
    refused = finished(errands, sent(errands, "package", "verify", "/nowhere", "--json"))
    assert (refused.stand, refused.code) == (Stand.REFUSED, 2)
    assert refused.refusal() == "找不到资料包目录 /nowhere：请检查路径。"
    folder = told(errands)
    (folder / ENDED).write_text(json.dumps({"code": 70, "ended_at": NOW.isoformat()}), encoding="utf-8")
    (folder / "said.txt").write_text("错误：程序出了意外（KeyError），详情已记入 /var/log/x", encoding="utf-8")
    assert errands.find(folder.name).refusal() == ""
    with pytest.raises(NotFound, match="重新办理"):
        errands.find(folder.name).result()


def test_the_same_errand_is_sent_once_while_it_is_on_its_way(errands: Errands) -> None:
    with somebody_elses_turn(errands):
        first = sent(errands, "--version", files={"plan.yaml": "a"})
        assert sent(errands, "--version", files={"plan.yaml": "a"}).id == first.id
        others = [sent(errands, "--version", files={"plan.yaml": "b"}), sent(errands, "--version", by="叶知秋", files={"plan.yaml": "a"})]
        assert len({first.id, *(one.id for one in others)}) == 3
    assert finished(errands, first).stand is Stand.DONE
    for one in others:
        finished(errands, one)
    assert sent(errands, "--version", files={"plan.yaml": "a"}).id != first.id
    finished(errands, errands.all()[0])


def test_only_so_many_wait(errands: Errands) -> None:
    with somebody_elses_turn(errands):
        waiting = [sent(errands, "--version", about=str(number)) for number in range(MOST_UNFINISHED)]
        with pytest.raises(Conflict, match="等前面的办完"):
            sent(errands, "--version", about="one more")
    for one in waiting:
        assert finished(errands, one).stand is Stand.DONE


def test_a_child_ends_with_the_process_that_sent_it_and_leaves_no_word(errands: Errands) -> None:
    folder = told(errands)
    with somebody_elses_turn(errands), (folder / ALIVE).open("wb") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        child = subprocess.Popen(
            [sys.executable, "-m", "campaign.work.upkeep.errand_child", str(folder), "--version"],
            env={**os.environ, PARENT: "1"}, pass_fds=(alive.fileno(),), stdout=subprocess.DEVNULL,
        )  # fmt: skip
        assert errands.find(folder.name).stand is Stand.WAITING
        assert child.wait(300) == 130
    assert errands.find(folder.name).stand is Stand.GONE
    assert not (folder / ENDED).exists()


def test_an_errand_is_kept_for_a_week_and_one_that_works_for_as_long_as_it_works(errands: Errands) -> None:
    working, over = told(errands), told(errands, "20261120023000000001-0badcafe")
    (errands.folder / "somebody's own").mkdir()
    later = datetime.now(UTC) + KEPT_FOR + timedelta(minutes=1)
    with (working / ALIVE).open("wb") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        assert forget_old(errands.folder, later - timedelta(minutes=2)) == 0
        assert forget_old(errands.folder, later) == 1
    assert [one.id for one in errands.all()] == [working.name]
    assert not over.exists()
    assert (errands.folder / "somebody's own").is_dir()
    assert forget_old(errands.folder / "nowhere", later) == 0


def test_names_that_are_no_errand_are_not_looked_for(errands: Errands) -> None:
    for name in ("", "..", "../../etc", "turn.lock", "2026"):
        with pytest.raises(NotFound):
            errands.find(name)
