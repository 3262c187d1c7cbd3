"""What may not be kept for ever goes when its time is over, and only then."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from campaign.engine.client import Engine
from campaign.engine.housekeeping import delete_old_runs
from campaign.engine.names import ALL
from campaign.records.tables import Event, Person, Post, Tenure
from campaign.work.upkeep.backup import back_up, list_backups
from campaign.work.upkeep.retention import Cleaned, Terms, clean, forget_people_who_left
from tests.world import World

TERMS = Terms(phones=180, backups=14, runs=30)


def person(world: World, name: str, *until: date | None) -> None:
    """Somebody with a telephone who held a post for each of `until`."""
    with world.store.begin() as tx:
        one = Person(name=name, phone="13900000000", email="a@example.com")
        tx.add(one)
        tx.flush()
        for number, to_on in enumerate(until):
            post = Post(unit_id=world.unit("示例甲局").id, relation=f"post{number}", name=f"{name}{number}")
            tx.add(post)
            tx.flush()
            tx.add(Tenure(person_id=one.id, post_id=post.id, from_on=date(2024, 1, 1), to_on=to_on))


def phones(world: World) -> dict[str, str | None]:
    return {row.name: row.phone for row in world.rows(Person) if row.name.startswith("示例人员")}


def test_numbers_of_people_who_left_long_ago_are_forgotten_and_nobody_elses(world: World) -> None:
    world.launch()
    today = date(2026, 3, 1)
    person(world, "示例人员在任", None)
    person(world, "示例人员刚离任", today - timedelta(days=180))
    person(world, "示例人员早离任", today - timedelta(days=181))
    person(world, "示例人员换岗", today - timedelta(days=400), None)
    person(world, "示例人员无岗")

    assert forget_people_who_left(world.store, world.by(), TERMS.phones) == 1

    assert {name for name, phone in phones(world).items() if phone is None} == {"示例人员早离任"}
    assert forget_people_who_left(world.store, world.by(), TERMS.phones) == 0
    (event,) = [row for row in world.rows(Event) if row.verb == "forget_phones"]
    assert "13900000000" not in str(event.detail)


def prefect(answer: Callable[[dict[str, Any]], list[str]]) -> Engine:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"id": request.url.path.rsplit("/", 1)[-1]})
        import json

        return httpx.Response(200, json={"deleted": answer(json.loads(request.content))})

    return Engine("http://prefect.example/api", transport=httpx.MockTransport(handle))


def test_old_runs_of_our_deployments_go_in_portions_and_nobody_elses(world: World) -> None:
    portions = [50, 50, 7]
    asked: list[dict[str, Any]] = []

    def answer(body: dict[str, Any]) -> list[str]:
        asked.append(body)
        return ["run"] * portions[len(asked) - 1]

    with prefect(answer) as engine:
        assert delete_old_runs(engine, world.now - timedelta(days=30)) == 107
    wanted = asked[0]["flow_runs"]
    assert len(wanted["deployment_id"]["any_"]) == len(ALL)
    assert set(wanted["state"]["type"]["any_"]) == {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
    assert wanted["end_time"]["before_"].startswith("2026-01-30")


def test_prefect_away_keeps_nothing_else_from_being_cleaned(lite: World, tmp_path: Path) -> None:
    lite.launch()
    person(lite, "示例人员早离任", date(2024, 6, 1))
    back_up(lite.store, tmp_path, lite.now - timedelta(days=40))
    back_up(lite.store, tmp_path, lite.now)
    with Engine("http://127.0.0.1:9/api", patience=0.2) as away:
        cleaned = clean(lite.store, lite.by(), TERMS, backups=tmp_path, engine=away)
    assert (cleaned.phones, cleaned.backups, len(list_backups(tmp_path))) == (1, 1, 1)
    assert "Prefect 的旧运行没有清理" in cleaned.message


def test_what_pages_had_done_for_them_goes_after_a_week(lite: World, tmp_path: Path) -> None:
    lite.launch()
    folder = tmp_path / "errands" / "20260101000000000000-0badcafe"
    folder.mkdir(parents=True)
    os.utime(folder, ((lite.now - timedelta(days=8)).timestamp(),) * 2)
    cleaned = clean(lite.store, lite.by(), TERMS, backups=tmp_path / "backups", errands=tmp_path / "errands")
    assert cleaned.errands == 1
    assert "过期的演练、推算和资料包草稿 1 份" in cleaned.message
    assert not folder.exists()


def test_the_message_says_what_went() -> None:
    assert Cleaned(phones=2, backups=1).message == "已清理：离任人员联系方式 2 人、旧备份 1 个"
    assert Cleaned().message == "没有到期需要清理的内容"
