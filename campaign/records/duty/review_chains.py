"""Chains of review as stored, which one a version goes through, the verdicts of their steps, and where a version is now.

A stored chain never changes; a version names the chain it began with. Where nothing is chosen there is no chain, and one query says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session

from campaign.records.planning.ladders import ladder_of, store_ladder
from campaign.records.statements import chunks, insert_new, insert_of, table_of
from campaign.records.tables import (
    Campaign,
    Duty,
    Item,
    ItemUnit,
    ReviewChain,
    ReviewChoice,
    ReviewStep,
    StepVerdict,
    StoredFile,
    Submission,
    Unit,
)
from campaign.records.tables.duties import UNFINISHED
from campaign.records.tables.duties import duty_table as duty
from campaign.rules.review_chain import SPLIT, Chain, Places, Step, Who
from campaign.rules.splitting import SPLIT_KINDS, up_to_first_overdue

_chain, _step, _choice, _given = (table_of(model) for model in (ReviewChain, ReviewStep, ReviewChoice, StepVerdict))
_item, _part, _submission, _unit = (table_of(model) for model in (Item, ItemUnit, Submission, Unit))


@dataclass(frozen=True, slots=True)
class StoredChain:
    """`ids` and `ladders` are those of the steps, in their order."""

    id: int
    title: str
    steps: tuple[Step, ...]
    ids: tuple[int, ...]
    ladders: tuple[int | None, ...]


def store_chain(tx: Session, chain: Chain, ladders: Mapping[str, int]) -> int:
    """Keep this chain, once by its meaning; answers its id. `ladders` are the stored ladders that its steps name."""
    digest = chain.digest({name: str(ladder_id) for name, ladder_id in ladders.items()})
    same = select(_chain.c.id).where(_chain.c.name == chain.name, _chain.c.sha256 == digest)
    known = tx.execute(same).scalar_one_or_none()
    if known is not None:
        return int(known)
    created = insert_new(tx, ReviewChain, [{"name": chain.name, "title": chain.title, "sha256": digest}])
    if not created:
        return int(tx.execute(same).scalar_one())
    tx.execute(insert(_step), [
        {"chain_id": created[0], "number": number, "key": step.key, "name": step.name, "who": step.who.value, "days": step.days,
         "ladder_id": ladders[step.ladder] if step.ladder else None, "receipt": step.receipt}
        for number, step in enumerate(chain.steps, 1)
    ])  # fmt: skip
    return int(created[0])


def chain_of_id(tx: Session, chain_id: int) -> StoredChain:
    """Asked for once a transaction."""
    held: dict[int, StoredChain] = tx.info.setdefault("review_chains", {})
    if chain_id not in held:
        rows = tx.execute(select(_step, _chain.c.title).join(_chain, _chain.c.id == _step.c.chain_id).where(_step.c.chain_id == chain_id)).all()
        rows = sorted(rows, key=lambda row: int(row.number))
        steps = tuple(Step(row.key, row.name, Who(row.who), row.days, "", bool(row.receipt)) for row in rows)
        held[chain_id] = StoredChain(chain_id, rows[0].title, steps, tuple(row.id for row in rows), tuple(row.ladder_id for row in rows))
    return held[chain_id]


def choose_chain(tx: Session, campaign_id: int, chain_id: int | None, *, item_key: str = "", duty_kind: str = "") -> None:
    """New versions of this item, duty kind or both go through this chain; those under review keep theirs."""
    put = insert_of(tx, ReviewChoice).values(campaign_id=campaign_id, item_key=item_key, duty_kind=duty_kind, chain_id=chain_id)
    tx.execute(put.on_conflict_do_update(index_elements=["campaign_id", "item_key", "duty_kind"], set_={"chain_id": chain_id}))
    tx.info.pop("review_choices", None)


def choices_of(tx: Session, campaign_id: int) -> dict[tuple[str, str], int | None]:
    """(item key, duty kind) → chain; read once a transaction."""
    held: dict[int, dict[tuple[str, str], int | None]] = tx.info.setdefault("review_choices", {})
    if campaign_id not in held:
        held[campaign_id] = {(row.item_key, row.duty_kind): row.chain_id for row in tx.execute(select(_choice).where(_choice.c.campaign_id == campaign_id))}
    return held[campaign_id]


def chosen_chain(tx: Session, campaign: Campaign, one: Duty) -> int | None:
    """The chain a new version of this duty goes through, resolved here and nowhere else; None is the office's review alone."""
    if one.kind not in SPLIT_KINDS or (one.unit_id == campaign.office_unit_id and one.item_id is None):
        return None
    if one.parent_id is not None:
        return store_chain(tx, SPLIT, {})
    choices = choices_of(tx, campaign.id)
    if not choices:
        return None
    item_key = ""
    if one.item_id is not None and any(key for key, _ in choices):
        item_key = tx.execute(select(_item.c.key).where(_item.c.id == one.item_id)).scalar_one()
    for key in ((item_key, one.kind), (item_key, ""), ("", one.kind), ("", "")):
        if key in choices:
            return choices[key]
    return None


def places_of(tx: Session, campaign: Campaign, one: Duty) -> Places:
    """The units that this duty's review may go to."""
    lead = None
    if one.item_id is not None:
        lead = tx.execute(select(_part.c.unit_id).where(_part.c.item_id == one.item_id, _part.c.role == "lead")).scalar_one_or_none()
    above = tx.execute(select(duty.c.unit_id).where(duty.c.id == one.parent_id)).scalar_one_or_none() if one.parent_id is not None else None
    return Places(one.unit_id, campaign.office_unit_id, lead, above)


def recipient_of(tx: Session, one: Duty) -> str:
    """To whom outside the item's material goes, where the plan says so."""
    if one.item_id is None:
        return ""
    return tx.execute(select(_item.c.recipient).where(_item.c.id == one.item_id)).scalar_one_or_none() or ""


def part_ladder(tx: Session, ladder_id: int) -> int:
    """The same ladder as far as 催办: for parts of a split duty, and for steps of a review that a unit decides."""
    short = up_to_first_overdue(ladder_of(tx, ladder_id))
    return store_ladder(tx, short.name, short.canonical)


def steps_done(tx: Session, submission_id: int) -> int:
    """The number of the last step that has its verdict."""
    rows = tx.execute(select(_given.c.number).where(_given.c.submission_id == submission_id)).scalars()
    return max(rows, default=0)


def verdict_of_step(tx: Session, submission_id: int, step_id: int) -> Any | None:
    rows = select(_given, _step.c.name).join(_step, _step.c.id == _given.c.step_id).where(_given.c.submission_id == submission_id, _given.c.step_id == step_id)
    return tx.execute(rows).one_or_none()


def give_step_verdict(tx: Session, **columns: Any) -> bool:
    """False when the step had its verdict already."""
    return bool(insert_new(tx, StepVerdict, [columns]))


def keep_file_row(tx: Session, sha256: str, size: int, media_type: str, at: Any) -> None:
    insert_new(tx, StoredFile, [{"sha256": sha256, "size": size, "media_type": media_type, "stored_at": at}], returning="sha256")


def waiting_at(tx: Session, duty_ids: Collection[int]) -> dict[int, Any]:
    """Where the handed-in material of these duties is: duty → (step name, unit, due_at, key, submission_id); without a chain the name is empty."""
    found: dict[int, Any] = {}
    for part in chunks(sorted(duty_ids), 500):
        asked = duty.alias("asked")
        rows = (
            select(_submission.c.duty_id, asked.c.due_at, asked.c.unit_id, _step.c.name.label("step"), _step.c.key, _unit.c.name.label("unit"),
                   _submission.c.id.label("submission_id"))
            .join(_submission, _submission.c.id == asked.c.submission_id)
            .join(_unit, _unit.c.id == asked.c.unit_id)
            .outerjoin(_step, _step.c.id == asked.c.review_step_id)
            .where(_submission.c.duty_id.in_(part), asked.c.kind.in_(("review", "recheck")), asked.c.state.in_(UNFINISHED))
        )  # fmt: skip
        found |= {row.duty_id: row for row in tx.execute(rows)}
    return found


def step_lines(tx: Session, submission_ids: Collection[int]) -> dict[int, list[Any]]:
    """The steps of these versions' chains in order, each with its verdict if it has one: version → lines."""
    if not submission_ids:
        return {}
    rows = (
        select(_submission.c.id.label("submission_id"), _step.c.id.label("step_id"), _step.c.number, _step.c.key, _step.c.name, _step.c.who, _step.c.receipt,
               _given.c.outcome, _given.c.reason, _given.c.given_by, _given.c.given_at, _given.c.receipt.label("receipt_number"), _given.c.receipt_sha256,
               _given.c.receipt_name)
        .join(_step, _step.c.chain_id == _submission.c.chain_id)
        .outerjoin(_given, (_given.c.submission_id == _submission.c.id) & (_given.c.step_id == _step.c.id))
        .where(_submission.c.id.in_(list(submission_ids)))
        .order_by(_submission.c.id, _step.c.number)
    )  # fmt: skip
    found: dict[int, list[Any]] = {}
    for row in tx.execute(rows):
        found.setdefault(row.submission_id, []).append(row)
    return found


def chains_chosen(tx: Session, campaign_id: int) -> list[dict[str, str]]:
    """Every choice of a campaign for people."""
    chosen = choices_of(tx, campaign_id)
    told = []
    for (item_key, kind), chain_id in sorted(chosen.items()):
        chain = chain_of_id(tx, chain_id) if chain_id is not None else None
        steps = " → ".join(step.name for step in chain.steps) if chain else "创建办审核"
        told.append({"item": item_key, "duty": kind, "chain": chain.title if chain else "创建办审核", "steps": steps})
    return told
