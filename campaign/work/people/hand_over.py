"""承接: what a unit owes goes to its successors, with its rung and deadline; nothing is lost and nothing is owed twice.

Owns what goes with a duty: its series, the unit's part in the item, the problem it rectifies, the papers that have not gone out. Finished work
and papers that went out stay where they are. Where the successor owes the same already, one of the two goes on: what has been handed in or
accepted wins over what has not, and what is ended without being done never swallows what is owed. The rung that either had reached stays as a
floor: a merger does not wash off a 督办.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from campaign.records.duty.duties import finish, lock
from campaign.records.log import write_event, write_events
from campaign.records.papers.readdressing import readdress
from campaign.records.papers.receipts import owners_of_lines
from campaign.records.people import merging
from campaign.records.tables import Duty, DutyState, Series, Unit
from campaign.work.by import By


@dataclass(frozen=True, slots=True)
class Heirs:
    """Who goes on with what; `rest` with everything that is not named."""

    by_duty: Mapping[int, Unit] = field(default_factory=dict)
    by_series: Mapping[int, Unit] = field(default_factory=dict)
    rest: Unit | None = None

    def of_duty(self, duty: Duty) -> Unit | None:
        """An occurrence of a series goes with its series, unless it is named itself."""
        return self.by_duty.get(duty.id) or (self.by_series.get(duty.series_id) if duty.series_id else None) or self.rest

    def of_series(self, series: Series) -> Unit | None:
        return self.by_series.get(series.id) or self.rest


@dataclass(frozen=True, slots=True)
class Move:
    """One duty that goes on elsewhere; `same_as` is the duty that stands for it where it was owed twice."""

    duty_id: int
    title: str
    campaign_id: int
    to: str
    same_as: int | None = None


@dataclass(slots=True)
class HandedOver:
    moves: list[Move] = field(default_factory=list)
    series: int = 0
    papers: int = 0
    persons: list[str] = field(default_factory=list)
    stayed: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    @property
    def moved(self) -> int:
        return sum(1 for move in self.moves if move.same_as is None)

    @property
    def cancelled(self) -> int:
        return len(self.moves) - self.moved


def hand_over(tx: Session, unit: Unit, heirs: Heirs, by: By, *, stays: bool, verb: str) -> HandedOver:
    """Everything for which `heirs` has an answer; `stays` when the unit goes on with the rest."""
    done = HandedOver()
    series = _series(tx, unit, heirs, done)
    duties = {duty.id: heir for duty in merging.unfinished_duties(tx, unit) if (heir := heirs.of_duty(duty)) is not None and heir.id != unit.id}
    rows = [tx.get_one(Duty, duty_id) for duty_id in duties]
    twins = merging.twins_of(tx, rows, unit, duties)
    ended: list[int] = []
    findings: dict[int, Unit] = {}
    items: dict[int, list[Unit]] = {}
    for duty in rows:
        heir = duties[duty.id]
        twin = twins.get(duty.id)
        goes_on = twin is None or _wins(duty, lock(tx, twin))
        done.moves.append(Move(duty.id, duty.title, duty.campaign_id, heir.name, None if goes_on or twin is None else twin.id))
        if duty.item_id is not None and heir not in items.setdefault(duty.item_id, []):
            items[duty.item_id].append(heir)
        if goes_on:
            if twin is not None and not _over(twin):
                finish(tx, twin, DutyState.CANCELLED, by.now, f"单位调整，与 #{duty.id} 相同，以其为准")
                ended.append(twin.id)
                duty.floor_rung = max(duty.floor_rung, twin.rung, twin.floor_rung)
            merging.take_over(tx, duty, unit, heir, twin, series)
            if duty.finding_id is not None:
                findings[duty.finding_id] = heir
        elif twin is not None:
            finish(tx, duty, DutyState.CANCELLED, by.now, f"单位调整，与「{heir.name}」的 #{twin.id} 相同"[:300])
            ended.append(duty.id)
            if not _over(twin):
                twin.floor_rung = max(twin.floor_rung, duty.rung, duty.floor_rung)
                tx.add(twin)
    tx.flush()
    for office_duty in merging.close_requests(tx, ended, "单位调整，事项另有承接"):
        finish(tx, tx.get_one(Duty, office_duty), DutyState.CANCELLED, by.now, "单位调整，事项另有承接")
    _parts(tx, unit, heirs, items, stays)
    merging.move_findings(tx, findings)
    done.papers, drafts = readdress(tx, unit, None if stays else heirs.rest)
    if drafts:
        from campaign.work.papers.signing import ask_for_signatures

        ask_for_signatures(tx, drafts, by)
    _tell(tx, unit, done.moves, by, verb)
    return done


def with_receipts(tx: Session, unit: Unit, heirs: Heirs, by: By) -> Heirs:
    """What is only owed for the sake of a paper (its 签收) goes with what the paper lists; with nothing left to go with, it ends."""
    if heirs.rest is not None:
        return heirs
    duties = merging.unfinished_duties(tx, unit)
    named = {duty.id: heir for duty in duties if (heir := heirs.of_duty(duty)) is not None}
    papers = [duty for duty in duties if duty.notice_id is not None and duty.id not in named]
    noted = {duty.notice_id for duty in papers if duty.notice_id is not None}
    listed, owners = merging.listed_on(tx, noted), owners_of_lines(tx, noted)
    found: dict[int, Unit] = {}
    for duty in papers:
        wanted = [named[one] for one in listed.get(duty.notice_id or 0, ()) if one in named]
        moved = owners.get(duty.notice_id or 0, unit.id)
        if not wanted and moved != unit.id:
            wanted = [tx.get_one(Unit, moved)]
        heir = next(iter([*wanted, *named.values(), *heirs.by_series.values()]), None)
        if heir is not None:
            found[duty.id] = heir
        else:
            finish(tx, duty, DutyState.CANCELLED, by.now, "单位已撤销，没有事项要承接")
            write_event(tx, at=by.now, actor=by.actor, verb="cancel", reason=by.reason or "单位撤销", campaign_id=duty.campaign_id, subject="duty",
                        subject_id=duty.id)  # fmt: skip
    return Heirs({**heirs.by_duty, **found}, heirs.by_series, None)


def without_heir(tx: Session, unit: Unit, heirs: Heirs) -> tuple[list[Duty], list[Series]]:
    """Open work that nobody would own."""
    duties = [duty for duty in merging.unfinished_duties(tx, unit) if heirs.of_duty(duty) is None]
    return duties, [series for series in merging.growing_of(tx, unit) if heirs.of_series(series) is None]


def _series(tx: Session, unit: Unit, heirs: Heirs, done: HandedOver) -> dict[int, int]:
    """Series first: what has occurred follows it. Answers which goes on for which."""
    going: dict[int, int] = {}
    for series in merging.growing_of(tx, unit):
        heir = heirs.of_series(series)
        if heir is not None and heir.id != unit.id:
            old = series.id
            going[old] = merging.move_series(tx, series, unit, heir)
            done.series += 1
    return going


def _wins(duty: Duty, twin: Duty) -> bool:
    """Does the moved duty go on, rather than its heir's own of the same matter?"""
    if merging.is_dead(twin):
        return True
    return duty.state == DutyState.SUBMITTED and twin.state not in (DutyState.SUBMITTED, DutyState.ACCEPTED)


def _over(twin: Duty) -> bool:
    return twin.state in (DutyState.ACCEPTED, DutyState.WAIVED, DutyState.CANCELLED)


def _parts(tx: Session, unit: Unit, heirs: Heirs, items: Mapping[int, Sequence[Unit]], stays: bool) -> None:
    """Whose item it is, so that the next launch of the plan finds it so. With one successor for all, of finished items too."""
    for item_id, some in items.items():
        still = stays and any(duty.item_id == item_id for duty in merging.unfinished_duties(tx, unit))
        merging.move_part(tx, item_id, unit, some, stays=still)
    if heirs.rest is not None and not stays:
        merging.move_parts(tx, unit, heirs.rest)


def _tell(tx: Session, unit: Unit, moves: Sequence[Move], by: By, verb: str) -> None:
    """One event a duty, so that its history says who had it before; and one a campaign."""
    write_events(tx, [
        {"at": by.now, "actor": by.actor, "verb": "hand_over", "reason": by.reason, "campaign_id": move.campaign_id, "subject": "duty",
         "subject_id": move.duty_id, "detail": {"from": unit.name, "to": move.to} | ({"same_as": move.same_as} if move.same_as else {})}
        for move in moves
    ])  # fmt: skip
    for campaign_id in sorted({move.campaign_id for move in moves}):
        ours = [move for move in moves if move.campaign_id == campaign_id]
        detail = {"unit": unit.name, "to": sorted({move.to for move in ours}), "moved": sum(1 for move in ours if move.same_as is None),
                  "cancelled": sum(1 for move in ours if move.same_as is not None)}  # fmt: skip
        write_event(tx, at=by.now, actor=by.actor, verb=verb, reason=by.reason, campaign_id=campaign_id, subject="unit", subject_id=unit.id, detail=detail)
