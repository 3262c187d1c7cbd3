"""Launching a plan: in one transaction the campaign, its phases, items and duties exist, or nothing does.

The same plan again changes nothing; a changed one is compared duty by duty (by origin) and the difference is shown before it is applied.
Refuses a plan that `check_plan` finds wanting, with every reason at once.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from campaign.errors import BadPlan, Conflict
from campaign.plan.check import check_plan
from campaign.plan.spec import PlanSpec
from campaign.records import leases
from campaign.records.campaigns import find_campaign, find_unit
from campaign.records.log import write_event
from campaign.records.people import rolls
from campaign.records.planning import registry
from campaign.records.planning.calendars import ensure_years, load_calendar
from campaign.records.tables import Campaign, Phase
from campaign.rules.calendar import campaign_day
from campaign.work.by import By
from campaign.work.papers.changes import tell_changes
from campaign.work.people.roll import enter_organisation, enter_units
from campaign.work.planning.blueprint import Blueprint, PhasePlan, draw
from campaign.work.planning.ladder_choices import choose_ladders, stored_ladder
from campaign.work.planning.replan import apply_items, close_the_removed
from campaign.work.planning.review_chains import choose_chains
from campaign.work.planning.stagger import load_hints
from campaign.work.planning.versions import digest_of, keep_plan, still_counting
from campaign.work.running.bulletin import first_bulletin_at
from campaign.work.running.digest import next_digest_at

LISTED = 20


@dataclass
class Launched:
    """What a launch did, or with `applied` False would do."""

    campaign: str
    created: int = 0
    changed: list[str] = field(default_factory=list)
    units_created: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    applied: bool = True


def launch(
    tx: Session, spec: PlanSpec, by: By, *, ladders: Path, slug: str | None = None, rehearsal: bool = False, start: date | None = None, end: date | None = None,
    test_address: str | None = None,
) -> Launched:  # fmt: skip
    """Launch `spec`, or apply its changes to the campaign of that slug. The caller commits, or rolls back to have seen only."""
    # Launches take turns on this row: two at once would each make the campaign, or a unit of the same name.
    leases.take_in(tx, "launch", "launch", 0)
    slug = slug or slug_of(spec)
    known = tx.execute(select(Campaign).where(Campaign.slug == slug)).scalars().first()
    if known is not None and not spec.phases:
        start, end = start or known.starts_on, end or known.ends_on
    warnings = _refuse_unfit(spec, by, start, end)
    years = [int(year) for year in re.findall(r"\b(20\d\d)-", spec.model_dump_json())] or [by.now.year]
    ensure_years(tx, min(years) - 1, max(years) + 1)
    plan = draw(spec, launched_at=known.launched_at if known else by.now, calendar=load_calendar(tx), start=start, end=end)
    digest = digest_of(plan.spec)
    if known is not None and known.title != plan.spec.title and registry.latest_plan(tx, known).spec.get("title") != plan.spec.title:
        raise Conflict(f"代号「{slug}」已用于「{known.title}」：请用 --slug 另起一个代号。", code="slug_taken", slug=slug)
    done = _launch_new(tx, plan, by, slug, digest, ladders, rehearsal, test_address) if known is None else _relaunch(tx, known, plan, by, digest)
    if known is None or done.changed or done.created:
        done.warnings = [*_warnings(tx, find_campaign(tx, slug).id, plan, by, done.units_created), *warnings, *_crowded(tx, slug, by), *done.warnings]
    return done


def _crowded(tx: Session, slug: str, by: By) -> list[str]:
    return load_hints(tx, find_campaign(tx, slug), by.now)


def slug_of(spec: PlanSpec) -> str:
    """A short stable handle for addresses and commands; derived from the title, so the same file finds its campaign again."""
    return f"c{hashlib.blake2s(spec.title.encode(), digest_size=4).hexdigest()}"


def _refuse_unfit(spec: PlanSpec, by: By, start: date | None, end: date | None) -> list[str]:
    """Answers the warnings, in words."""
    if not spec.phases and (start or end):
        spec = spec.model_copy(update={"start": start.isoformat() if start else spec.start, "end": end.isoformat() if end else spec.end})
    findings = check_plan(spec, today=campaign_day(by.now))
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        told = "\n".join(f"  {f'第{finding.line}行 ' if finding.line else ''}[{finding.code}] {finding.message}" for finding in errors[:20])
        more = f"\n  …另有 {len(errors) - 20} 处" if len(errors) > 20 else ""
        raise BadPlan(f"方案还不能启动，有 {len(errors)} 处必须先解决（campaign plan check 可查看说明）：\n{told}{more}", code="plan_errors")
    return [f"{f'第{finding.line}行 ' if finding.line else ''}[{finding.code}] {finding.message}" for finding in findings]


def _launch_new(tx: Session, plan: Blueprint, by: By, slug: str, digest: str, ladders: Path, rehearsal: bool, test_address: str | None) -> Launched:
    done = Launched(slug)
    ladder_id, office_ladder_id = (stored_ladder(tx, ladders, name) for name in (plan.spec.ladder, "office"))
    units = enter_units(tx, plan, done.units_created)
    campaign = Campaign(
        slug=slug, title=plan.spec.title[:300], kind=plan.spec.kind.value, rehearsal=rehearsal, launched_at=by.now, starts_on=plan.starts_on,
        ends_on=plan.ends_on, inspection_on=plan.inspection_on, office_unit_id=units.office.id, ladder_id=ladder_id, office_ladder_id=office_ladder_id,
        settings={"test_address": test_address} if test_address else {},
    )  # fmt: skip
    tx.add(campaign)
    tx.flush()
    enter_organisation(tx, campaign, plan.spec, units)
    phases = {row.key: row for row in (Phase(campaign_id=campaign.id, **_phase_columns(phase)) for phase in plan.phases)}
    tx.add_all(phases.values())
    tx.flush()
    choose_ladders(tx, campaign, ladders)
    choose_chains(tx, campaign, ladders)
    done.created = len(apply_items(tx, campaign, phases, plan, units, by).created)
    keep_plan(tx, campaign, plan.spec, 1, by)
    campaign.next_bulletin_at = first_bulletin_at(tx, campaign, by.now)
    campaign.next_digest_at = next_digest_at(tx, campaign, by.now)
    tx.add(campaign)
    detail = {"duties": done.created, "sha256": digest, "units": units.made}
    write_event(tx, at=by.now, actor=by.actor, verb="launch", reason=by.reason, campaign_id=campaign.id, detail=detail)
    return done


def _relaunch(tx: Session, campaign: Campaign, plan: Blueprint, by: By, digest: str) -> Launched:
    done = Launched(campaign.slug)
    latest = registry.latest_plan(tx, campaign)
    if campaign.state != "launched":
        raise Conflict(
            f"创建活动「{campaign.title}」已{'结束' if campaign.state == 'finished' else '撤销'}：请用 --slug 另起一个代号重新启动。", code="campaign_over"
        )
    if latest.sha256 == digest:
        return done
    units = enter_units(tx, plan, done.units_created)
    phases = {row.key: row for row in registry.phases_of(tx, campaign)}
    for number, phase in enumerate(plan.phases, 1):
        columns = _phase_columns(phase)
        if phase.key not in phases:
            columns["number"] = len(phases) + 1
            phases[phase.key] = Phase(campaign_id=campaign.id, **columns)
            tx.add(phases[phase.key])
            done.changed.append(f"新增阶段「{phase.name}」")
        else:
            done.changed += _change_phase(phases[phase.key], columns, number) + _bring_back(phases[phase.key])
    tx.flush()
    before = PlanSpec.model_validate(latest.spec)
    done.changed += _inspection(campaign, plan)
    campaign.starts_on, campaign.ends_on, campaign.inspection_on = plan.starts_on, plan.ends_on, plan.inspection_on
    applied = apply_items(tx, campaign, phases, plan, units, by, still=still_counting(before, plan.spec))
    done.created = len(applied.created)
    done.changed += applied.changed + close_the_removed(tx, campaign, phases, plan, applied, by)
    tell_changes(tx, campaign.id, applied.told, by)
    keep_plan(tx, campaign, plan.spec, latest.number + 1, by)
    done.warnings = applied.asked
    detail = {"changed": done.changed[:200], "sha256": digest, "units": units.made}
    write_event(tx, at=by.now, actor=by.actor, verb="replan", reason=by.reason, campaign_id=campaign.id, detail=detail)
    return done


def _inspection(campaign: Campaign, plan: Blueprint) -> list[str]:
    """Said by itself: a file from before 「调整迎检日期」 would take that decision back."""
    if campaign.inspection_on == plan.inspection_on:
        return []
    old, new = (day.isoformat() if day else "未定" for day in (campaign.inspection_on, plan.inspection_on))
    return [f"迎检日期：现行 {old} → 方案文件 {new}（如已另行调整过迎检日期，请先把方案文件 inspection 的 start 改为 {old}）"]


def _phase_columns(phase: PhasePlan) -> dict[str, Any]:
    return {name: getattr(phase, name) for name in ("number", "key", "name", "kind", "starts_on", "ends_on", "due_at", "text")}


def _change_phase(row: Phase, columns: dict[str, Any], number: int) -> list[str]:
    changed = []
    words = {"name": "名称", "kind": "类别", "starts_on": "开始日期", "ends_on": "结束日期"}
    for name, value in columns.items():
        if name in ("key", "number") or getattr(row, name) == value:
            continue
        if name in words:
            changed.append(f"阶段「{row.name}」的{words[name]}：{getattr(row, name) or '空'} → {value or '空'}")
        setattr(row, name, value)
    return changed


def _bring_back(row: Phase) -> list[str]:
    """A phase that an earlier version of the plan had dropped before it began."""
    if row.state != "closed" or row.opened_at is not None:
        return []
    row.state, row.closed_at = "planned", None
    return [f"恢复阶段「{row.name}」"]


def _warnings(tx: Session, campaign_id: int, plan: Blueprint, by: By, created: list[str]) -> list[str]:
    told = [f"新建单位「{name}」：名册里没有，请核对名称" for name in created]
    office = find_unit(tx, plan.office)
    if office is not None and not registry.reachable(tx, office, campaign_day(by.now)):
        told.append(f"办公室「{office.name}」还没有登记联络人：通知暂只记入日志")
    if unreachable := rolls.unreachable_among(tx, campaign_id, campaign_day(by.now)):
        more = f"等 {len(unreachable)} 个单位" if len(unreachable) > LISTED else f"（{len(unreachable)} 个单位）"
        told.append(f"没有联系得上的人员：{'、'.join(unreachable[:LISTED])}{more}。正式启用后发给它们的文书只能人工送达，请先登记联络员和手机")
    return told
