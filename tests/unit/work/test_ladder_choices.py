"""Which ladder a duty begins with, and what a person is told that it will do."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.records.campaigns import find_campaign, find_duty
from campaign.records.planning.calendars import calendar_of
from campaign.records.planning.ladders import choices_of, ladder_of
from campaign.rules.calendar import CAMPAIGN_ZONE
from campaign.rules.ladder import BadLadder
from campaign.work.planning.ladder_choices import put_in_force, read_choices
from campaign.work.rehearsal.foretell import foretell
from tests.world import LADDERS, SLUG, World, item, phase, plan

READINESS = phase("p2", "readiness", "2026-03-02", "2026-03-31")


def ladder_name(world: World, duty: int | str) -> str:
    with world.store.read() as tx:
        return ladder_of(tx, find_duty(tx, duty).ladder_id).name


def test_readiness_duties_begin_with_the_readiness_ladder_and_reviews_with_the_offices(world: World) -> None:
    phases = [phase("p1", "rollout", "2026-03-02", "2026-03-31"), READINESS]
    world.launch(plan([item(1, phase="p1"), item(2, phase="p2")], phases))
    assert (ladder_name(world, 1), ladder_name(world, 2)) == ("default", "readiness")
    world.go("2026-03-02").work_phase("p2")
    world.submit(2)
    assert ladder_name(world, "review:submission:1") == "office"


def test_a_ladder_put_in_force_is_for_new_duties_and_running_ones_keep_theirs(world: World) -> None:
    world.opened()
    text = (LADDERS / "readiness.yaml").read_text("utf-8")
    with world.store.begin() as tx:
        put_in_force(tx, find_campaign(tx, SLUG), "readiness", text, world.by(), duty_kind="rectify")
    _, order = world.find_problem()
    assert (ladder_name(world, 1), ladder_name(world, order.id)) == ("default", "readiness")
    with world.store.read() as tx:
        told = {(row["phase"], row["duty"]): row["ladder"] for row in choices_of(tx, find_campaign(tx, SLUG))}
    assert told[("", "rectify")] == "readiness"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("choices:\n  - {phase: 迎检, ladder: readiness}\n", "阶段类别", id="阶段类别不认识"),
        pytest.param("choices:\n  - {ladder: readiness}\n", "不知道用在哪里", id="没有说用在哪里"),
        pytest.param("choices: 无\n", "choices", id="不是清单"),
    ],
)
def test_a_choice_that_would_choose_nothing_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "ladder_choices.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadLadder, match=why):
        read_choices(path)


def test_what_is_foretold_is_what_the_ladder_then_does(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-13")]))
    for rung in (1, 3, 4):
        world.climb(rung)
        with world.store.read() as tx:
            duty = find_duty(tx, 1)
            told = foretell(tx, duty, world.now, calendar_of(tx, duty.campaign_id))
            following = duty.next_rung_at
        assert following is not None
        local = following.astimezone(CAMPAIGN_ZONE)
        assert any(f"{local.month}月{local.day}日" in sentence and f"{local:%H:%M}" in sentence for sentence in told[1:]), told
    assert any("由办公室主任签发" in sentence for sentence in told)


def test_a_finished_duty_is_said_to_be_left_in_peace(world: World) -> None:
    world.opened()
    world.change("waive")
    with world.store.read() as tx:
        duty = find_duty(tx, 1)
        assert "不催办" in foretell(tx, duty, world.now, calendar_of(tx, duty.campaign_id))[-1]
