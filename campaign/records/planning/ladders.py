"""Ladders as they were launched: stored by hash, so that a running duty keeps the version it began with."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select
from sqlmodel import Session

from campaign.records.statements import insert_new, insert_of, table_of
from campaign.records.tables import Campaign, LadderChoice, LadderVersion, Phase, RungRow
from campaign.rules.ladder import Ladder, Rung, parse_ladder
from campaign.rules.papers import is_numbered

_ladder, _rung, _choice, _phase, _campaign = (table_of(model) for model in (LadderVersion, RungRow, LadderChoice, Phase, Campaign))
RECEIPT = "receipt"
"""Among the choices for kinds of duties the word for 签收, which is a mechanism and no kind."""
_STORED = select(_ladder.c.name, _ladder.c.sha256, _ladder.c.source).where(_ladder.c.id == bindparam("b_id"))
_parsed: dict[tuple[str, str], Ladder] = {}


def store_ladder(tx: Session, name: str, source: str) -> int:
    """Keep this ladder, once by its meaning (a comment makes no new version); answers its id."""
    ladder = parse_ladder(source, name)
    digest, source = ladder.sha256, ladder.canonical
    known = tx.execute(select(_ladder.c.id).where(_ladder.c.name == name, _ladder.c.sha256 == digest)).scalar_one_or_none()
    if known is not None:
        return int(known)
    created = insert_new(tx, LadderVersion, [{"name": name, "sha256": digest, "source": source}])
    if not created:
        return int(tx.execute(select(_ladder.c.id).where(_ladder.c.name == name, _ladder.c.sha256 == digest)).scalar_one())
    tx.execute(
        insert(_rung),
        [
            {
                "ladder_id": created[0], "number": rung.number, "name": rung.name, "signed": rung.signed,
                "numbered": is_numbered(rung.document, by_rung=rung.numbered),
                "before_deadline": rung.before_deadline, "document": rung.document, "channel": rung.channels[0],
                "fallbacks": ",".join(rung.channels[1:]), "audience": ",".join(rung.audience),
                "urgent": rung.urgent, "digest": _shares(ladder, rung),
            }
            for rung in ladder.rungs
        ],
    )  # fmt: skip
    return int(created[0])


def _shares(ladder: Ladder, rung: Rung) -> int:
    """The first rung with the same unsigned, unnumbered paper to the same people: what is due on one day is one message."""
    if rung.signed or rung.numbered:
        return rung.number
    alike = (one for one in ladder.rungs if (one.document, one.audience, one.channels) == (rung.document, rung.audience, rung.channels))
    return next((one.number for one in alike if not one.signed and not one.numbered), rung.number)


def ladder_of(tx: Session, ladder_id: int) -> Ladder:
    """Asked for once a transaction; a stored ladder never changes."""
    held = tx.info.setdefault("ladders", {})
    if ladder_id not in held:
        held[ladder_id] = _stored_ladder(tx, ladder_id)
    ladder: Ladder = held[ladder_id]
    return ladder


def _stored_ladder(tx: Session, ladder_id: int) -> Ladder:
    row = tx.execute(_STORED, {"b_id": ladder_id}).one()
    key = (row.name, row.sha256)
    if key not in _parsed:
        _parsed[key] = parse_ladder(row.source, row.name, stored=True)
    return _parsed[key]


def choose_ladder(tx: Session, campaign_id: int, ladder_id: int, *, phase_kind: str = "", duty_kind: str = "") -> None:
    """New duties of this phase kind, duty kind or both begin with this ladder; running ones keep theirs."""
    put = insert_of(tx, LadderChoice).values(campaign_id=campaign_id, phase_kind=phase_kind, duty_kind=duty_kind, ladder_id=ladder_id)
    tx.execute(put.on_conflict_do_update(index_elements=["campaign_id", "phase_kind", "duty_kind"], set_={"ladder_id": ladder_id}))
    tx.info.pop("ladder_choices", None)


def chosen_ladder(tx: Session, campaign_id: int, phase_id: int, duty_kind: str, otherwise: int) -> int:
    """The ladder a new duty begins with, resolved here and nowhere else: for its phase and kind, for its kind, for its phase, else as asked.

    A choice for a phase is about the units' work: what the office owes (`otherwise` is its own ladder) follows only a choice for its kind, and
    签收 follows only its own.
    """
    choices, kinds, office = _choices(tx, campaign_id)
    if not choices or otherwise == choices.get(("", RECEIPT)):
        return otherwise
    phase_kind = kinds.get(phase_id, "")
    for key in ((phase_kind, duty_kind), ("", duty_kind), (phase_kind, "")):
        if key in choices and not (key[1] == "" and otherwise == office):
            return choices[key]
    return otherwise


def receipt_ladder(tx: Session, campaign_id: int) -> int | None:
    """The short ladder of 签收; None where the campaign demands none."""
    return _choices(tx, campaign_id)[0].get(("", RECEIPT))


def _choices(tx: Session, campaign_id: int) -> tuple[dict[tuple[str, str], int], dict[int, str], int]:
    held = tx.info.setdefault("ladder_choices", {})
    if campaign_id not in held:
        choices = {(row.phase_kind, row.duty_kind): row.ladder_id for row in tx.execute(select(_choice).where(_choice.c.campaign_id == campaign_id))}
        kinds = {row.id: row.kind for row in tx.execute(select(_phase.c.id, _phase.c.kind).where(_phase.c.campaign_id == campaign_id))} if choices else {}
        held[campaign_id] = (choices, kinds, tx.execute(select(_campaign.c.office_ladder_id).where(_campaign.c.id == campaign_id)).scalar_one())
    found: tuple[dict[tuple[str, str], int], dict[int, str], int] = held[campaign_id]
    return found


def choices_of(tx: Session, campaign: Campaign) -> list[dict[str, str]]:
    """Every choice of a campaign for people: its default, the office's own, and the narrower ones."""
    rows = [("", "", campaign.ladder_id), ("办公室", "", campaign.office_ladder_id)]
    rows += [(row.phase_kind, row.duty_kind, row.ladder_id) for row in tx.execute(select(_choice).where(_choice.c.campaign_id == campaign.id))]
    known = {row.id: row for row in tx.execute(select(_ladder.c.id, _ladder.c.name, _ladder.c.sha256))}
    return [{"phase": phase, "duty": kind, "ladder": known[ladder].name, "version": known[ladder].sha256[:12]} for phase, kind, ladder in rows]
