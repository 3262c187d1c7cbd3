"""Launching from a file: read it, look at what was understood and what is missing, then launch. Two steps, never one; a third where a campaign of
that slug exists, which shows what would change and changes nothing before it was agreed to.

Between them the plan travels as YAML in the page itself, where it can still be corrected; nothing is kept on the server until the launch, but
for a rehearsal, whose copy goes with it after a week.
"""

from __future__ import annotations

import re
from datetime import date

from starlette.responses import Response

from campaign.errors import CampaignError
from campaign.plan.check import Finding, check_plan
from campaign.plan.spec import PlanSpec
from campaign.plan.yaml_file import LoadedPlan, load_plan, parse_plan
from campaign.plan.yaml_text import to_yaml
from campaign.portal.pages.rehearsals import HABITS, rehearse
from campaign.portal.plan_edit import corrected, grouped, placed, plain
from campaign.portal.sent import kept_aside
from campaign.portal.visit import Visit
from campaign.records.pages import office
from campaign.rules.calendar import campaign_day
from campaign.work.planning.difference import Difference, Unseen, launch_as_agreed
from campaign.work.planning.launch import slug_of

SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,47}")
PLAIN = {".yaml", ".yml"}
SHOWN = 100


def look_at_plan(visit: Visit) -> Response:
    """From a file, or from the YAML that was corrected on the page."""
    try:
        text = corrected(visit.form.get("plan", ""), visit.form)
        loaded = parse_plan(text) if text else _read(visit)
    except CampaignError as refused:
        if visit.form.get("plan"):
            return _review_page(visit, None, visit.form["plan"], [], refusal=refused.message)
        return visit.page("launch.html", status=400, refusal=refused.message, year=campaign_day(visit.now).year, typed=visit.form)
    findings = check_plan(loaded.spec, lines=loaded.lines, today=campaign_day(visit.now))
    return _review_page(visit, loaded.spec, text or to_yaml(loaded.spec), findings)


def launch_plan(visit: Visit) -> Response:
    text, slug = visit.form.get("plan", ""), visit.form.get("slug", "")
    spec: PlanSpec | None = None
    try:
        text = corrected(text, visit.form)
        spec = _dated(visit, parse_plan(text).spec)
        slug = slug or slug_of(spec)
        if not SLUG.fullmatch(slug):
            raise CampaignError("代号只能用字母、数字和短横线，最长 48 个，如 wenming-2026。", code="bad_slug")
        with visit.place.store.begin() as tx:
            by = visit.by(visit.form.get("reason", "").strip())
            done, fresh = launch_as_agreed(tx, spec, by, ladders=visit.place.ladders, slug=slug, agreed=visit.form.get("agreed", ""))
    except Unseen as shown:
        return _changes_page(visit, text, slug, shown.difference)
    except CampaignError as refused:
        findings = check_plan(spec, today=campaign_day(visit.now)) if spec is not None else []
        return _review_page(visit, spec, text, findings, refusal=refused.message)
    if fresh:
        said = f"已启动：应办事项 {done.created} 项，新建单位 {len(done.units_created)} 个。"
    elif visit.form.get("agreed"):
        said = f"已应用改动：新增应办事项 {done.created} 项，调整 {len(done.changed)} 处。"
    else:
        said = "方案没有改动，什么都没有变。"
    return visit.go(f"/campaigns/{done.campaign}", said)


def rehearse_plan(visit: Visit) -> Response:
    """The plan as it stands on the page, played before it is launched; what would keep it from being launched is said here."""
    text = visit.form.get("plan", "")
    spec: PlanSpec | None = None
    try:
        text = corrected(text, visit.form)
        spec = _dated(visit, parse_plan(text).spec)
        if any(one.level == "error" for one in check_plan(spec, today=campaign_day(visit.now))):
            raise CampaignError("方案还不能启动，也就不能演练：请先解决「必须先解决」的问题。", code="bad_plan")
        errand = rehearse(visit, to_yaml(spec), spec.title, visit.form.get("slug", "") or slug_of(spec))
    except CampaignError as refused:
        findings = check_plan(spec, today=campaign_day(visit.now)) if spec is not None else []
        return _review_page(visit, spec, text, findings, refusal=refused.message)
    return visit.go(f"/rehearsals/{errand.id}")


def _read(visit: Visit) -> LoadedPlan:
    if not visit.files:
        raise CampaignError("请选择方案文件。", code="no_file")
    with kept_aside(visit.files[0], "方案") as path:
        if path.suffix.lower() in PLAIN:
            return load_plan(path)
        from campaign.plan.intake import read_file

        year = visit.form.get("year", "")
        if not re.fullmatch(r"20\d\d", year):
            raise CampaignError("请填写方案的年份，如 2026：原文没有写年份的日期按它计算。", code="no_year")
        return parse_plan(to_yaml(read_file(path, year=int(year))), path.name)


def _dated(visit: Visit, spec: PlanSpec) -> PlanSpec:
    """A plan without phases gets one from the dates that the person gives."""
    given = {name: visit.form.get(name, "") for name in ("start", "end")}
    if spec.phases or not any(given.values()):
        return spec
    for value in given.values():
        try:
            date.fromisoformat(value)
        except ValueError as wrong:
            raise CampaignError("方案没有分阶段：请给出开始和结束日期。", code="no_dates") from wrong
    return spec.model_copy(update=given)


def _changes_page(visit: Visit, text: str, slug: str, difference: Difference) -> Response:
    """What would be other than it is. A second time when something changed while the first was looked at."""
    return visit.page(
        "launch_changes.html",
        status=409 if visit.form.get("agreed") else 200,
        difference=difference,
        moved=bool(visit.form.get("agreed")),
        most=SHOWN,
        plain=plain,
        plan=text,
        slug=slug,
        typed=visit.form,
    )


def _review_page(visit: Visit, spec: PlanSpec | None, text: str, findings: list[Finding], *, refusal: str = "") -> Response:
    errors = [one for one in findings if one.level == "error"]
    items = list(placed(spec)) if spec else []
    with visit.place.store.read() as tx:
        names = office.unit_names(tx)
    office_name = spec.organisation.office.seat or spec.organisation.office.name if spec and spec.organisation.office else ""
    return visit.page(
        "launch_review.html",
        status=400 if refusal else 200,
        spec=spec,
        items=items[:300],
        item_total=len(items),
        plan=text,
        errors=grouped(errors),
        warnings=grouped([one for one in findings if one.level != "error"]),
        blank=sum(one.code == "blank_lead_unit" for one in errors),
        names=names,
        office_name=office_name,
        refusal=plain(refusal),
        typed=visit.form,
        slug=visit.form.get("slug") or (slug_of(spec) if spec else ""),
        habits=HABITS,
    )
