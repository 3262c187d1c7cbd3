"""`campaign review`: the verdict on what was handed in; for a rectification the recheck, by somebody else than who rectified.

And `campaign chain`: through which steps what is handed in goes.
"""

from __future__ import annotations

from pathlib import Path

import click

from campaign.cli.desk import answer, by_of, local, only_campaign, opened, refuse_future_of_duty
from campaign.cli.options import Reading, Writing, reads, writes
from campaign.cli.output import emit_json, show_table


@click.command()
@click.argument("duty", metavar="DUTY")
@click.option("--accept", is_flag=True, help="通过；整改事项为复核合格，予以销号。")
@click.option("--return", "returned", metavar="原因", help="退回补正，写明缺什么、怎样补正；整改事项为复核不合格，转下一轮整改。")
@click.option("--step", default="", metavar="KEY", help="只在材料正处于这一步时才办，如 lead_unit；不写则办它现在所处的一步。")
@click.option("--receipt", default="", metavar="文号", help="上报这一步：接收单位的收文号。")
@click.option("--scan", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="上报这一步：回执的扫描件。")
@writes
def review(duty: str, accept: bool, returned: str | None, step: str, receipt: str, scan: Path | None, act: Writing) -> None:
    """审核报送的最新版本：通过，或退回补正。DUTY 用被审核的事项或审核事项的编号都可以。

    例：campaign review 128 --return 缺少第三季度照片 --as 创建办审核员
    """
    from campaign.cli.hand_in import keep_files
    from campaign.records.campaigns import find_duty
    from campaign.records.duty.review_chains import waiting_at
    from campaign.records.tables import DutyState
    from campaign.work.duty.review import review as decide
    from campaign.work.duty.review_steps import Receipt

    if accept == (returned is not None):
        raise click.UsageError("请给出 --accept 或 --return 原因，两者之一", click.get_current_context())
    with opened(act) as store:
        kept = keep_files(act, (scan,))[0] if scan is not None else None
        given = Receipt(receipt, kept.name, kept.sha256, kept.size, kept.media_type) if kept else Receipt(receipt)
        with store.begin() as tx:
            found = find_duty(tx, duty)
            refuse_future_of_duty(tx, act, found.campaign_id)
            decided = decide(tx, found, by_of(act), accept=accept, reason=returned or "", step=step, receipt=given)
            tx.flush()
            outcome = "accepted" if accept else "returned"
            following = waiting_at(tx, [decided.id]).get(decided.id)
            waits = (following.step or "创建办审核") if following else None
            value = {"id": decided.id, "title": decided.title, "outcome": outcome, "state": str(decided.state), "due_at": local(decided.due_at, act),
                     "waiting_for": waits}  # fmt: skip
            state = f"等待{waits}" if waits else DutyState(decided.state).label
    words = f"#{value['id']}「{value['title']}」{'审核通过' if accept else '已退回'}（现在：{state}）。"
    answer(act, value, words)


@click.command(name="show")
@click.option("--campaign", metavar="CAMPAIGN", help="哪个创建活动。")
@reads
def show_chains(campaign: str | None, ask: Reading) -> None:
    """哪类事项、哪项任务报送后经过哪几步审核。没有列出的只由创建办审核。

    例：campaign chain show --campaign weisheng
    """
    from campaign.records.duty.review_chains import chains_chosen
    from campaign.work.planning.review_chains import read_chains

    chains, _ = read_chains(_ladders().parent / "review_chains.yaml")
    with opened(ask) as store, store.read() as tx:
        found = only_campaign(tx, ask, campaign)
        chosen = chains_chosen(tx, found.id)
    known = [{"name": name, "title": chain.title, "steps": [step.name for step in chain.steps]} for name, chain in chains.items()]
    if ask.json:
        emit_json({"campaign": found.title, "choices": chosen, "chains": known})
        return
    show_table(("任务", "事项类别", "审核流程"), [(row["item"] or "全部", row["duty"] or "全部", row["steps"]) for row in chosen], title="用在哪里")
    show_table(("名称", "标题", "各步"), [(name, chain.title, " → ".join(step.name for step in chain.steps)) for name, chain in chains.items()], title="可选")


@click.command(name="use")
@click.argument("name", metavar="流程")
@click.option("--campaign", metavar="CAMPAIGN", help="用于哪个创建活动。")
@click.option("--duty-kind", default="", metavar="事项类别", help="只用于这类事项：perform、material 或 report。")
@click.option("--item", "item_key", default="", metavar="KEY", help="只用于方案里的这项任务。")
@writes
def use_chain(name: str, campaign: str | None, duty_kind: str, item_key: str, act: Writing) -> None:
    """启用一个审核流程：今后报送的按它审核，正在审核的不变。流程写在 config/review_chains.yaml。

    例：campaign chain use full --duty-kind material --reason 市里要求四级审核 --as 办公室主任
    """
    from campaign.work.planning.review_chains import put_chain_in_force

    with opened(act) as store, store.begin() as tx:
        found = only_campaign(tx, act, campaign)
        chain = put_chain_in_force(tx, found, name, by_of(act), ladders=_ladders(), duty_kind=duty_kind, item_key=item_key)
        title = found.title
    steps = " → ".join(step.name for step in chain.steps)
    answer(act, {"campaign": title, "chain": name, "steps": [step.name for step in chain.steps]}, f"「{title}」今后报送的材料按「{steps}」审核。")


def _ladders() -> Path:
    import config

    return Path(config.__file__).parent / "ladders"
