"""`campaign notices document|templates|letterhead|correct|recall …`: papers as Word files, and papers about papers.

An office keeps templates of its own in the data folder's `templates`.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.cli.desk import answer, by_of, named_campaign, opened, refuse_future_of_duty
from campaign.cli.options import Reading, Writing, reads, writes
from campaign.cli.output import emit_json, say

if TYPE_CHECKING:
    from campaign.records.tables import Notice

BUILT_IN = Path(__file__).parents[2] / "config" / "templates"


def template_folders(ask: Reading) -> list[Path]:
    own = ask.data_dir / "templates"
    return [own, BUILT_IN] if own.is_dir() else [BUILT_IN]


@click.command(name="document")
@click.argument("notice", metavar="N")
@click.option("-o", "--output", "out", required=True, metavar="FILE.docx", type=click.Path(path_type=Path, dir_okay=False), help="写到这个 Word 文件。")
@click.option("--slip", type=click.Choice(("送签单", "签收单")), help="不写文书本身，写它的送签单（纸上签发用）或签收单（人工送达用）。")
@click.option("--pdf", is_flag=True, help="同时生成同名的 PDF（需要 LibreOffice）。")
@reads
def document(notice: str, out: Path, slip: str | None, pdf: bool, ask: Reading) -> None:
    """把一份文书写成 Word 文件，版式按《党政机关公文格式》。N 用编号或文号。

    例：campaign notices document 12 -o 督办通知书.docx --pdf
    """
    from campaign.notices.documents import render, template_folders
    from campaign.records.papers.notices import find_notice
    from campaign.records.papers.paper import paper_of

    if out.suffix.lower() != ".docx":
        raise click.UsageError(f"-o 应是一个 .docx 文件（现在是「{out}」）", click.get_current_context())
    with opened(ask) as store, store.read() as tx:
        found = find_notice(tx, notice)
        refuse_future_of_duty(tx, ask, found.campaign_id)
        paper = paper_of(tx, found, ask.now)
    render(paper.outgoing, template_folders(ask.data_dir), out, slip=slip)
    made = [out]
    if pdf:
        from campaign.notices.pdf import to_pdf

        made.append(to_pdf(out, out.with_suffix(".pdf")))
    if ask.json:
        emit_json({"notice": paper.outgoing.notice_id, "form": slip or paper.outgoing.form, "files": [str(path) for path in made]})
    else:
        say(f"已写出{slip or paper.outgoing.form}：{'、'.join(str(path) for path in made)}")


@click.command(name="check")
@click.argument("folder", metavar="[目录]", required=False, type=click.Path(path_type=Path, file_okay=False))
@reads
def check(folder: Path | None, ask: Reading) -> None:
    """检查文书模板：占位符写错、没有成对的，指出是哪个文件、哪一个。有问题时退出码为 1。

    例：campaign notices templates check ./templates
    """
    from campaign.notices.documents import check_templates, template_folders

    folders = [folder] if folder is not None else template_folders(ask.data_dir)
    findings = [finding for one in folders for finding in check_templates(one)]
    if ask.json:
        emit_json([asdict(finding) for finding in findings])
    elif findings:
        for finding in findings:
            say(f"{finding.file}：{finding.message}")
    else:
        say(f"模板都能使用：{'、'.join(str(one) for one in folders)}")
    if findings:
        click.get_current_context().exit(1)


@click.command(name="letterhead")
@click.argument("campaign", metavar="CAMPAIGN")
@click.option("--issuer", metavar="代字", help="文号的发文机关代字，如 东文创办。")
@click.option("--signatory", metavar="名称", help="落款的发文机关全称。")
@click.option("--relation", "relations", metavar="单位或类别=下级|平级|上级", multiple=True, help="单位与办公室的关系，可多次给出；决定用通知书、函还是报告。")
@writes
def letterhead(campaign: str, issuer: str | None, signatory: str | None, relations: tuple[str, ...], act: Writing) -> None:
    """设定创建活动的发文机关代字、落款，以及单位与办公室的关系。

    例：campaign notices letterhead weisheng --issuer 东文创办 --relation 区税务局=平级 --as 办公室主任
    """
    from campaign.records.log import write_event
    from campaign.records.papers.letterhead import keep_letterhead
    from campaign.rules.papers import RELATION_WORDS

    chosen = {name.strip(): word.strip() for name, _, word in (one.partition("=") for one in relations)}
    wrong = next((f"{name}={word}" for name, word in chosen.items() if not name or word not in RELATION_WORDS), None)
    if wrong is not None or not (issuer or signatory or chosen):
        told = (
            f"--relation 应写成「单位=平级」，关系为 下级、平级 或 上级（现在是「{wrong}」）" if wrong else "请至少给出 --issuer、--signatory、--relation 之一"
        )
        raise click.UsageError(told, click.get_current_context())
    with opened(act) as store, store.begin() as tx:
        found = named_campaign(tx, act, campaign)
        head = keep_letterhead(found, issuer=issuer, signatory=signatory, relations=chosen)
        tx.add(found)
        value: dict[str, Any] = {"campaign": found.slug, "issuer": head.issuer, "signatory": head.signatory, "relations": dict(head.relations)}
        write_event(tx, at=act.now, actor=act.actor, verb="letterhead", reason=act.reason or "", campaign_id=found.id, detail=value)
    answer(act, value, f"已设定「{value['campaign']}」的文号代字：{value['issuer']}。")


@click.command(name="correct")
@click.argument("notice", metavar="N")
@click.option("--text", required=True, metavar="内容", help="更正的内容，如：第2项办理时限应为9月30日。")
@writes
def correct(notice: str, text: str, act: Writing) -> None:
    """更正一份已发出的文书：另发更正通知，原件其余内容仍然有效。

    例：campaign notices correct 12 --text 第2项办理时限应为9月30日 --reason 日期笔误 --as 办公室主任
    """
    from campaign.cli.sign import refuse_machines
    from campaign.work.papers.amend import correct_notice

    refuse_machines(act)
    with opened(act) as store, store.begin() as tx:
        found = _found(tx, act, notice)
        made = correct_notice(tx, found, by_of(act), text=text)
        value = {"notice": found.id, "by_notice": made.id, "kind": made.kind}
    answer(act, value, f"已拟发更正通知（编号 {value['by_notice']}），将随下一次送达编号发出。")


@click.command(name="recall")
@click.argument("notice", metavar="N")
@writes
def recall(notice: str, act: Writing) -> None:
    """撤回一份已发出的文书：另发撤回通知，原件和文号作废；所列事项的督办级别保留，到时重新生成。

    例：campaign notices recall 12 --reason 单位名称有误 --as 办公室主任
    """
    from campaign.cli.sign import refuse_machines
    from campaign.work.papers.amend import recall_notice

    refuse_machines(act)
    with opened(act) as store, store.begin() as tx:
        found = _found(tx, act, notice)
        made = recall_notice(tx, found, by_of(act))
        value = {"notice": found.id, "by_notice": made.id, "kind": made.kind, "number": found.number}
    answer(act, value, f"文书 {value['notice']} 已撤回；撤回通知（编号 {value['by_notice']}）将随下一次送达编号发出。")


def _found(tx: Any, act: Writing, wanted: str) -> Notice:
    from campaign.records.papers.notices import find_notice

    found = find_notice(tx, wanted)
    refuse_future_of_duty(tx, act, found.campaign_id)
    return found
