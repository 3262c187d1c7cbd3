"""Which ladder is for whom: config/ladder_choices.yaml read into a campaign's choices, and a ladder put in force by a person.

Refuses a choice that names no ladder, no phase kind or no duty kind there is: it would silently choose nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlmodel import Session

from campaign.errors import BadPlan, CampaignError
from campaign.plan.spec import PhaseKind
from campaign.records.log import write_event
from campaign.records.planning.ladders import RECEIPT, choose_ladder, store_ladder
from campaign.records.tables import Campaign, DutyKind
from campaign.rules.ladder import BadLadder
from campaign.rules.ladder_file import decoded
from campaign.work.by import By

CHOICES = "ladder_choices.yaml"
PHASE_KINDS = tuple(kind.value for kind in PhaseKind)
DUTY_KINDS = (*(kind.value for kind in DutyKind), RECEIPT)


def stored_ladder(tx: Session, ladders: Path, name: str) -> int:
    """The ladder of that name in the folder, kept as it is now; answers its id."""
    path = ladders / f"{name}.yaml"
    if not path.is_file():
        raise BadPlan(f"找不到督办规则「{name}」：{path} 不存在。请改方案的 ladder 字段，或建立该文件。", code="no_ladder")
    return store_ladder(tx, name, decoded(path.read_bytes(), path.name))


def choose_ladders(tx: Session, campaign: Campaign, ladders: Path) -> None:
    """What the file beside the folder of ladders says for every campaign; none is needed."""
    assert campaign.id is not None
    for choice in read_choices(ladders.parent / CHOICES):
        ladder_id = stored_ladder(tx, ladders, choice["ladder"])
        choose_ladder(tx, campaign.id, ladder_id, phase_kind=choice.get("phase", ""), duty_kind=choice.get("duty", ""))


def read_choices(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        root = YAML(typ="safe").load(path.read_text("utf-8"))
    except YAMLError as error:
        raise BadLadder(f"{path.name} 不是有效的 YAML：缩进、冒号或引号有误", source=path.name) from error
    rows = root.get("choices") if isinstance(root, Mapping) else None
    if not isinstance(rows, list):
        raise BadLadder(f"{path.name} 应有 choices，逐行写 phase、duty 和 ladder", source=path.name)
    return [_choice(row, number, path.name) for number, row in enumerate(rows, 1)]


def _choice(row: Any, number: int, source: str) -> dict[str, str]:
    if not isinstance(row, Mapping) or not set(row) <= {"phase", "duty", "ladder"} or "ladder" not in row:
        raise BadLadder(f"{source} 第 {number} 条应写 ladder，并写 phase 或 duty", source=source)
    kinds_known(str(row.get("phase") or ""), str(row.get("duty") or ""), f"{source} 第 {number} 条")
    return {str(key): str(value) for key, value in row.items() if value}


def kinds_known(phase_kind: str, duty_kind: str, where: str) -> None:
    if not phase_kind and not duty_kind:
        raise BadLadder(f"{where}没有写阶段类别或事项类别，不知道用在哪里")
    if phase_kind and phase_kind not in PHASE_KINDS:
        raise BadLadder(f"{where}的阶段类别“{phase_kind}”不可用：可用的有 {'、'.join(PHASE_KINDS)}")
    if duty_kind and duty_kind not in DUTY_KINDS:
        raise BadLadder(f"{where}的事项类别“{duty_kind}”不可用：可用的有 {'、'.join(DUTY_KINDS)}")


def put_in_force(tx: Session, campaign: Campaign, name: str, source: str, by: By, *, phase_kind: str = "", duty_kind: str = "") -> int:
    """From now on new duties begin with this ladder: of a phase kind, a duty kind, or of the whole campaign. Running duties keep theirs."""
    if not by.reason.strip():
        raise CampaignError("更换督办规则须写明理由：请加 --reason。", code="no_reason")
    assert campaign.id is not None
    ladder_id = store_ladder(tx, name, source)
    if phase_kind or duty_kind:
        kinds_known(phase_kind, duty_kind, "")
        choose_ladder(tx, campaign.id, ladder_id, phase_kind=phase_kind, duty_kind=duty_kind)
    else:
        campaign.ladder_id = ladder_id
        tx.add(campaign)
        tx.flush()
    write_event(tx, at=by.now, actor=by.actor, verb="choose_ladder", reason=by.reason, campaign_id=campaign.id,
                detail={"ladder": name, "phase": phase_kind, "duty": duty_kind})  # fmt: skip
    return ladder_id
