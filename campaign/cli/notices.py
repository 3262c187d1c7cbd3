"""`campaign notices …`: the papers of a campaign, what each says and where it went, signing, withdrawing, serving by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from campaign.cli.desk import answer, by_of, chosen_campaign, local, opened, refuse_future_of_duty, shown
from campaign.cli.options import Reading, Writing, reads, writes
from campaign.cli.output import emit_json, say, show_table

STATES = ("open", "draft", "issued", "delivered", "withdrawn", "empty")
SHOWN = 40


@click.command(name="list")
@click.option("--campaign", metavar="CAMPAIGN", help="只列这一个创建活动的。")
@click.option("--state", "states", type=click.Choice(STATES), multiple=True, help="只列这种状态的：draft 待签发，issued 已签发待送达，delivered 已送达。")
@click.option("--limit", type=click.IntRange(1), default=500, show_default=True, metavar="份数", help="最多列出多少份，新的在前。")
@reads
def list_(campaign: str | None, states: tuple[str, ...], limit: int, ask: Reading) -> None:
    """文书清单，新的在前。

    例：campaign notices list --campaign weisheng --state draft
    """
    from campaign.records.pages import views

    with opened(ask) as store, store.read() as tx:
        rows = views.notices_of(tx, chosen_campaign(tx, ask, campaign), states=states, limit=limit)
    told = [_value(row, ask) for row in rows]
    if ask.json:
        emit_json(told)
        return
    from campaign.records.tables.notices import NoticeState

    lines = [(row.id, row.kind, row.unit_name, row.number, NoticeState(row.state).label, shown(row.created_at, ask)) for row in rows[:SHOWN]]
    show_table(["编号", "文书", "单位", "文号", "状态", "生成"], lines, title="文书", empty="没有符合条件的文书")
    if len(rows) > SHOWN:
        say(f"共 {len(rows)} 份，以上是前 {SHOWN} 份。")


def _value(row: Any, ask: Reading) -> dict[str, Any]:
    times = {name: local(getattr(row, name), ask) for name in ("created_at", "issued_at", "delivered_at")}
    return {
        "id": row.id,
        "kind": row.kind,
        "unit": row.unit_name,
        "number": row.number,
        "rung": row.rung,
        "state": row.state,
        "signed_by": row.signed_by,
        **times,
    }


@click.command(name="show")
@click.argument("notice", metavar="N")
@reads
def show(notice: str, ask: Reading) -> None:
    """一份文书的内容、所列事项和送达经过。N 用编号或文号。

    例：campaign notices show 12
    """
    from campaign.records.papers.notices import find_notice
    from campaign.records.papers.paper import paper_of

    with opened(ask) as store, store.read() as tx:
        found = find_notice(tx, notice)
        refuse_future_of_duty(tx, ask, found.campaign_id)
        paper = paper_of(tx, found, ask.now)
    from campaign.notices.wording import compose

    text = compose(paper.outgoing).text_plain
    if ask.json:
        emit_json({
            "id": found.id, "kind": found.kind, "unit": paper.outgoing.unit_name, "number": found.number, "state": found.state, "signed_by": found.signed_by,
            "text": text, "lines": [{"duty": line.duty_id, "title": line.title, "due_at": local(line.due_at, ask)} for line in paper.outgoing.lines],
            "deliveries": [one | {"delivered_at": local(one["delivered_at"], ask)} for one in paper.deliveries],
        })  # fmt: skip
        return
    from campaign.records.tables.notices import NoticeState

    say(text)
    say()
    say(f"[编号 {found.id}，{NoticeState(found.state).label}{f'，{found.signed_by} 签发' if found.signed_by else ''}]")
    for one in paper.deliveries:
        detail = f":{one['detail']}" if one["detail"] else ""
        say(f"  第{one['number']}次 {_channel(str(one['channel']))} {_word(one)}{detail}")


def _channel(name: str) -> str:
    from campaign.rules.ladder import CHANNELS

    return CHANNELS.get(name, name)


def _word(one: dict[str, Any]) -> str:
    return {"pending": "待发", "sending": "发送中", "delivered": "已送达", "failed": "未送达", "cancelled": "已取消"}[str(one["state"])]


@click.command(name="sign")
@click.argument("notice", metavar="N")
@click.option("--number", metavar="文号", help="文号由机关文书部门给出时，在此填写；不填则由系统依次编号。")
@click.option("--signed-by", default="", metavar="姓名", help="纸质签发的，写明在送签单上签字的人；--as 是登记的人。")
@click.option("--scan", "scans", multiple=True, type=click.Path(path_type=Path, exists=True, dir_okay=False), help="签好的送签单扫描件，可多次给出，存档备查。")
@writes
def sign(notice: str, number: str | None, signed_by: str, scans: tuple[Path, ...], act: Writing) -> None:
    """签发一份待签发的文书，随即编号，由下一次送达发出；纸质签发的登记签字人和扫描件。

    例：campaign notices sign 12 --as 办公室主任；纸质：campaign notices sign 12 --signed-by 办公室主任 --scan 送签单.pdf --as 创建办
    """
    from campaign.cli.hand_in import keep_files
    from campaign.cli.sign import refuse_machines, sign_paper

    refuse_machines(act)
    if scans and not signed_by.strip():
        raise click.UsageError("附了送签单扫描件，请用 --signed-by 写明是谁签的", click.get_current_context())
    with opened(act) as store:
        kept = keep_files(act, scans)
        with store.begin() as tx:
            value, words = sign_paper(tx, act, notice, number, signed_by=signed_by, scan=kept)
    answer(act, value, words)


@click.command(name="withdraw")
@click.argument("notice", metavar="N")
@writes
def withdraw(notice: str, act: Writing) -> None:
    """撤回还没有发出的文书，须写明理由；所列事项的督办级别保留，到时重新生成。

    例：campaign notices withdraw 12 --reason 单位名称有误 --as 办公室主任
    """
    from campaign.records.papers.notices import find_notice
    from campaign.work.papers.signing import withdraw_notice

    with opened(act) as store, store.begin() as tx:
        found = find_notice(tx, notice)
        refuse_future_of_duty(tx, act, found.campaign_id)
        withdraw_notice(tx, found, by_of(act))
        value = {"notice": found.id, "kind": found.kind, "state": found.state}
    answer(act, value, f"文书 {value['notice']}（{value['kind']}）已撤回。")


@click.command(name="serve")
@click.argument("notice", metavar="N")
@click.option("--to", "recipient", required=True, metavar="姓名", help="由谁签收。")
@writes
def serve(notice: str, recipient: str, act: Writing) -> None:
    """登记人工送达：当面送交并由对方签收，与其他渠道送达同等有效。

    例：campaign notices serve 12 --to 城关街道联络员 --as 创建办
    """
    from campaign.records.papers.notices import find_notice
    from campaign.work.papers.signing import serve_by_hand

    with opened(act) as store, store.begin() as tx:
        found = find_notice(tx, notice)
        refuse_future_of_duty(tx, act, found.campaign_id)
        serve_by_hand(tx, found, by_of(act), to=recipient)
        tx.refresh(found)
        value = {"notice": found.id, "kind": found.kind, "state": found.state, "to": recipient, "delivered_at": local(found.delivered_at, act)}
    answer(act, value, f"文书 {value['notice']}（{value['kind']}）已由 {recipient} 签收，登记为人工送达。")
