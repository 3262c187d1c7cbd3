"""`campaign status`: where a campaign stands, phase by phase, with its lights and what keeps each open phase from closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from campaign.cli.desk import only_campaign, opened
from campaign.cli.options import Reading, reads
from campaign.cli.output import emit_json, say, show_table, warn

if TYPE_CHECKING:
    from sqlmodel import Session

    from campaign.records.tables import Campaign

STATES = {"planned": "未开启", "open": "进行中", "closed": "已关闭"}


@click.command()
@click.argument("campaign", metavar="[CAMPAIGN]", required=False)
@reads
def status(campaign: str | None, ask: Reading) -> None:
    """一个创建活动各阶段的进展、红黄绿灯和转段条件；只有一个活动时可省略代号。

    例：campaign status weisheng
    """
    from campaign.work.running.pulse import say_clock
    from campaign.work.status import campaign_status

    with opened(ask) as store:
        with store.read() as tx:
            found = only_campaign(tx, ask, campaign)
            value = campaign_status(tx, found, ask.now)
            title, waiting = found.title, _waiting(tx, found)
            rehearsal, live = found.rehearsal, found.live_at is not None
        clock = "" if rehearsal or ask.json else say_clock(store)
    if ask.json:
        emit_json(value)
        return
    _show(value, f"{title}（{value['campaign']}）{'，演练' if rehearsal else '' if live else '，尚未正式启用'}")
    for line in (*waiting, clock):
        if line:
            warn(line)


def _waiting(tx: Session, campaign: Campaign) -> list[str]:
    """What needs a person of the office."""
    from campaign.records.pages import views
    from campaign.records.running.parked import parked_rows

    drafts = views.notices_of(tx, campaign, states=("draft",))
    parked = [row for row in parked_rows(tx) if row.campaign_id == campaign.id]
    told = [f"有 {len(drafts)} 份文书等待签发：campaign notices list --campaign {campaign.slug} --state draft"] if drafts else []
    return told + ([f"有 {len(parked)} 项无法自动处理（待处理）：{parked[0].reason}"] if parked else [])


def _show(value: dict[str, Any], title: str) -> None:
    rows = []
    for number, phase in enumerate(value["phases"], 1):
        lights = phase["lights"]
        span = f"{phase['start'] or '未定'} 至 {phase['end'] or '未定'}"
        rows.append((number, phase["name"], STATES[phase["state"]], span, lights["red"], lights["yellow"], lights["green"], lights["grey"]))
    show_table(["", "阶段", "状态", "起止", "● 红", "▲ 黄", "■ 绿", "○ 不计"], rows, title=title)
    for phase in value["phases"]:
        if phase["state"] != "open":
            continue
        say(f"「{phase['name']}」转段：" + ("条件已全部满足" if not phase["blockers"] else f"还有 {len(phase['blockers'])} 项条件未满足"))
        for blocker in phase["blockers"]:
            say(f"  · {blocker}")
