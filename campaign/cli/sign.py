"""`campaign sign`: a person's signature. On a letter of responsibility it is the signed scan; on a drafted paper it issues the paper.

Owns the reading of what is meant: a duty that waits for a draft's signature signs that draft. Refuses to sign for a machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.cli.desk import answer, by_of, local, opened, refuse_future_of_duty
from campaign.cli.hand_in import keep_files
from campaign.cli.options import Writing, writes
from campaign.errors import Conflict, NotAllowed

if TYPE_CHECKING:
    from sqlmodel import Session

    from campaign.records.tables import Notice
    from campaign.work.duty.hand_in import KeptFile

MACHINES = frozenset({"clock", "prefect-ui"})


@click.command()
@click.argument("duty", metavar="[DUTY]", required=False)
@click.argument("files", metavar="[FILE…]", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--notice", metavar="N", help="签发这份文书（编号）。")
@writes
def sign(duty: str | None, files: tuple[Path, ...], notice: str | None, act: Writing) -> None:
    """签订责任书（附签字盖章的扫描件），或签发一份待签发的文书。

    例：campaign sign 57 责任书扫描件.pdf --as 教育局局长；签发通报：campaign sign --notice 12 --as 办公室主任
    """
    if (duty is None) == (notice is None):
        raise click.UsageError("请给出应办事项的编号，或用 --notice 给出文书编号，两者之一", click.get_current_context())
    refuse_machines(act)
    with opened(act) as store:
        if notice is not None:
            with store.begin() as tx:
                value, words = sign_paper(tx, act, notice)
        else:
            assert duty is not None
            with store.read() as tx:
                paper = _paper_of(tx, act, duty)
            if paper is not None and files:
                raise click.UsageError("文书的送签单扫描件请用 campaign notices sign 登记，并用 --signed-by 写明签发人", click.get_current_context())
            kept = keep_files(act, files)
            with store.begin() as tx:
                value, words = sign_paper(tx, act, str(paper)) if paper is not None else _sign_letter(tx, act, duty, kept)
    answer(act, value, words)


def refuse_machines(act: Writing) -> None:
    if act.actor in MACHINES:
        raise NotAllowed(f"签字须由本人进行，不能以「{act.actor}」的名义：请用 --as 写明签字人。", code="machine_signs")


def sign_paper(
    tx: Session, act: Writing, wanted: str, typed: str | None = None, *, signed_by: str = "", scan: Sequence[KeptFile] = ()
) -> tuple[dict[str, Any], str]:
    from campaign.records.papers.notices import find_notice
    from campaign.records.tables import Unit
    from campaign.work.papers.signing import sign_notice

    found: Notice = find_notice(tx, wanted)
    refuse_future_of_duty(tx, act, found.campaign_id)
    number = sign_notice(tx, found, by_of(act), number=typed, signed_by=signed_by, scan=scan)
    tx.refresh(found)
    unit = tx.get_one(Unit, found.unit_id).name
    value = {"notice": found.id, "kind": found.kind, "unit": unit, "number": number, "state": found.state, "issued_at": local(found.issued_at, act),
             "signed_by": found.signed_by}  # fmt: skip
    if found.state == "empty":
        return value, f"文书 {found.id}（{found.kind}，{unit}）所列事项均已办结，不再签发。"
    return value, f"已签发{found.kind}{f'({number})' if number else ''}致 {unit}，将随下一次送达发出。"


def _paper_of(tx: Session, act: Writing, wanted: str) -> int | None:
    """The draft that a duty waits for; None when it is a letter to sign."""
    from campaign.records.campaigns import find_duty
    from campaign.records.tables import DutyKind

    found = find_duty(tx, wanted)
    refuse_future_of_duty(tx, act, found.campaign_id)
    if found.kind != DutyKind.SIGN:
        raise Conflict(f"#{found.id}「{found.title}」不是签字事项，不需要签：报送材料请用 campaign submit。", code="not_a_signature", duty=found.id)
    return found.notice_id


def _sign_letter(tx: Session, act: Writing, wanted: str, kept: list[Any]) -> tuple[dict[str, Any], str]:
    from campaign.records.campaigns import find_duty
    from campaign.work.duty.hand_in import hand_in

    found = find_duty(tx, wanted)
    version = hand_in(tx, found, kept, by_of(act))
    value = {"id": found.id, "title": found.title, "state": str(found.state), "version": version.version, "sha256": version.sha256}
    return value, f"#{found.id}「{found.title}」已签订，扫描件已存档。"
