"""周报: what a leader reads on one page. Overdue work by unit, nothing that is no work, no empty part."""

from __future__ import annotations

import pytest

from campaign.records.log import seal_events
from campaign.work.running.bulletin import compile_bulletin
from tests.world import World, item, phase, plan

PHASES = [phase("p1", "rollout", "2026-03-02", "2026-03-31"), phase("p2", "readiness", "2026-04-01", "2026-04-30")]


def bulletin(world: World) -> str:
    with world.store.begin() as tx:
        return compile_bulletin(tx, tx.merge(world.campaign()), world.by())


@pytest.mark.without("digests")
def test_what_is_overdue_is_told_by_unit_and_unsigned_papers_are_only_counted(world: World) -> None:
    items = [item(number, lead_unit="示例甲局", deadline="2026-03-04") for number in range(1, 8)]
    world.launch(plan([*items, item(8, lead_unit="示例乙局", deadline="2026-03-05")], PHASES))
    world.go("2026-03-02").work_phase()
    world.deliver()
    world.go("2026-03-09").sweep()

    text = bulletin(world)

    assert "## 红灯事项（逾期）清单（共 8 项）" in text
    listed = text.partition("清单（共 8 项）")[2].splitlines()
    assert listed[1].startswith("- 示例甲局（7 项）：示例任务1（3月4日）；")
    assert listed[1].endswith("；等 7 项。")
    assert listed[2] == "- 示例乙局（1 项）：示例任务8（3月5日）。"
    assert listed[3] == "- 另有 2 件文书逾期未签收。"
    assert "发出催办 8 项次。" in text, "reminders to sign for a paper are no news"


@pytest.mark.without("digests", "receipts")
def test_empty_parts_are_left_out_and_the_seal_stands_in_it_once_there_is_one(world: World) -> None:
    world.launch(plan([item(1, deadline="2026-03-20")], PHASES))
    world.go("2026-03-02").work_phase()
    first = bulletin(world)
    assert "红灯事项" not in first
    assert "留痕" not in first
    assert any(line.endswith("（未开启）") for line in first.splitlines()), "no zeroes for what has not begun"

    seal_events(world.store, world.now)

    assert "留痕校验码：" in bulletin(world)
