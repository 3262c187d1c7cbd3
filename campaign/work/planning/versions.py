"""The plan as it is in force, version by version: what a launch compares with, and whoever changes the plan otherwise writes a version too."""

from __future__ import annotations

import hashlib
import json

from sqlmodel import Session

from campaign.plan.spec import Item, PlanSpec
from campaign.records.tables import Campaign, PlanVersion
from campaign.work.by import By


def digest_of(spec: PlanSpec) -> str:
    """Of a plan as it was drawn, with its keys: the same content has the same digest, whatever the file looked like."""
    return hashlib.sha256(json.dumps(spec.model_dump(mode="json"), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def keep_plan(tx: Session, campaign: Campaign, spec: PlanSpec, number: int, by: By) -> int:
    """Answers the version's number; the reason stands in the event of whoever changes it."""
    tx.add(PlanVersion(campaign_id=campaign.id, number=number, sha256=digest_of(spec), spec=spec.model_dump(mode="json"), applied_at=by.now, actor=by.actor))
    tx.flush()
    return number


def still_counting(before: PlanSpec, now: PlanSpec) -> frozenset[str]:
    """Items that count from the inspection, in the same words as before, while the inspection has not moved: their duties keep their days.

    They may differ from what the plan gives: what was overdue when the inspection moved stays overdue, and the minimum notice stays given.
    """
    if before.inspection is None or now.inspection is None or before.inspection.start != now.inspection.start:
        return frozenset()
    words = {item.key: _words(item) for item in before.items}
    return frozenset(item.key for item in now.items if item.key and "inspection" in "".join(_words(item)) and words.get(item.key) == _words(item))


def _words(item: Item) -> list[str]:
    return [item.deadline or "", *(material.due or "" for material in item.materials)]
