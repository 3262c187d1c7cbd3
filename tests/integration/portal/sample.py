"""A small invented district, launched and played forward: what every page of the portal has to show at least once.

`play(home, now)` is deterministic: the same two campaigns, units and people each time, with red, yellow, green and returned duties, a draft
that waits for a signature and a version that waits for its review.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from campaign.plan.spec import Item, Material, Office, Organisation, Person, Phase, PhaseKind, PlanKind, PlanSpec, Recurrence
from campaign.records.papers.outbox import Outcome, Outgoing
from campaign.records.store import Store
from campaign.records.tables import Campaign, Duty, Post, Tenure, Unit
from campaign.records.tables import Person as PersonRow
from campaign.rules.calendar import CAMPAIGN_ZONE
from campaign.work.by import By
from campaign.work.duty.hand_in import KeptFile, hand_in
from campaign.work.duty.rectify import add_finding
from campaign.work.duty.review import review
from campaign.work.planning.launch import launch
from campaign.work.running.pass_steps import Services
from campaign.work.running.pass_types import PassRequest
from campaign.work.running.passes import run_pass

LADDERS = Path(__file__).parents[3] / "config" / "ladders"
SLUG, SECOND = "civility", "safety"
OFFICE = "青岚区创建办"
UNITS = ("云溪街道", "柳荫街道", "区教育局", "区城管局", "区卫健局", "区住建局", "云溪街道杏园社区", "云溪街道桂苑社区")
THINGS = (
    ("开展背街小巷环境整治", "区城管局", ("环境整治台账", "整治前后对比照片")), ("公共场所禁烟宣传与劝导", "区卫健局", ("控烟宣传活动情况",)),
    ("校园周边秩序整治", "区教育局", ("整治情况报告", "联合检查记录")), ("老旧小区楼道清理", "区住建局", ("楼道清理台账",)),
    ("沿街门店门前三包签订", "云溪街道", ("门前三包责任书",)), ("志愿服务站点建设", "柳荫街道", ("站点建设清单",)),
    ("健康教育进社区", "区卫健局", ("健康教育讲座签到表",)),
    ("集贸市场规范管理", "区城管局", ("市场管理制度汇编",)), ("未成年人思想道德建设材料", "区教育局", ("说明报告",)),
    ("社区公共文化活动", "云溪街道杏园社区", ("活动记录",)), ("楼栋长队伍建设", "云溪街道桂苑社区", ("楼栋长名册",)),
)  # fmt: skip


def spec(today: datetime) -> PlanSpec:
    start = today.astimezone(CAMPAIGN_ZONE).date() - timedelta(days=24)

    def on(days: int) -> str:
        return (start + timedelta(days=days)).isoformat()

    phases = (
        Phase(key="p1", name="动员部署阶段", kind=PhaseKind.MOBILIZATION, start=on(0), end=on(9)),
        Phase(key="p2", name="集中推进阶段", kind=PhaseKind.ROLLOUT, start=on(7), end=on(60)),
        Phase(key="p3", name="自查整改阶段", kind=PhaseKind.RECTIFICATION, start=on(50), end=on(85)),
        Phase(key="p4", name="迎接测评阶段", kind=PhaseKind.READINESS, start=on(86), end=on(110)),
        Phase(key="p5", name="总结巩固阶段", kind=PhaseKind.CONSOLIDATION, start=on(111), end=on(140)),
    )
    items = tuple(
        Item(
            key=f"t{number}", number=str(number), title=title, text=f"{title}，按测评标准落实到点位，形成过程资料。", lead_unit=unit, responsible_units=(unit,),
            deadline=on(14 + number * 2), materials=tuple(Material(name=name, due=on(12 + number * 2), count=1) for name in materials), phase="p2",
        )
        for number, (title, unit, materials) in enumerate(THINGS, 1)
    )  # fmt: skip
    weekly = Item(key="weekly", number="12", title="工作进展周报", lead_unit=OFFICE, responsible_units=UNITS[:3],
                  recurrence=Recurrence(every="week", on=("FR",)), phase="p2",                  materials=(Material(name="工作进展周报"),))  # fmt: skip
    head = Person(name="秦牧野", position="区长")
    return PlanSpec(
        title="青岚区文明城区创建三年行动实施方案", kind=PlanKind.CAMPAIGN_PLAN, phases=phases, items=(*items, weekly),
        organisation=Organisation(name="创建工作领导小组", head=(head,), office=Office(name=OFFICE, director="邵清和")),
    )  # fmt: skip


def play(home: Path, now: datetime, *, second: bool = True, store: Store | None = None) -> Store:
    """Launch as of 24 days ago and let people of mixed punctuality work until `now`."""
    store = store or Store.open(home)
    start = datetime.combine((now - timedelta(days=24)).astimezone(CAMPAIGN_ZONE).date(), time(9), CAMPAIGN_ZONE)
    with store.begin() as tx:
        launch(tx, spec(now), By("邵清和", start, "样例"), ladders=LADDERS, slug=SLUG)
        for number, unit in enumerate(tx.exec(select(Unit).order_by(col(Unit.id))).all()):
            _person(tx, unit, number)
    for day in range(24):
        at = start + timedelta(days=day, minutes=5)
        if day in (1, 7, 14, 21, 23):
            run_pass(store, PassRequest("phase", SLUG, "p1" if day < 7 else "p2", at, "clock"))
        run_pass(store, PassRequest("supervision", None, None, at, "clock"))
        run_pass(store, PassRequest("delivery", None, None, at, "clock"), services=Services(send=_send))
        with store.begin() as tx:
            _work_of_a_day(tx, day, at)
    with store.begin() as tx:
        _leave_open_ends(tx, now - timedelta(hours=5))
        if second:
            other = spec(now).model_copy(update={"title": "青岚区平安社区建设实施方案"})
            launch(tx, other, By("邵清和", now - timedelta(days=1), "样例"), ladders=LADDERS, slug=SECOND)
    return store


def _person(tx: Session, unit: Unit, number: int) -> None:
    if number == 7:
        return  # one unit without any reachable person
    names = ("邵清和", "骆闻舟", "叶知秋", "温庭岳", "陆青禾", "顾晚晴", "沈星河", "江照月", "季怀瑾", "程远山")
    person = PersonRow(name=names[number % len(names)], phone=f"1380000{number:04d}", account=f"u{number}")
    post = Post(unit_id=unit.id, relation="contact", name="联络员")
    tx.add(person)
    tx.add(post)
    tx.flush()
    tx.add(Tenure(person_id=person.id, post_id=post.id, from_on=datetime(2020, 1, 1).date()))


def _send(outgoing: Sequence[Outgoing], addressees: dict[int, list[Any]], at: datetime) -> list[Outcome]:
    return [Outcome(one.delivery_id, "delivered", "样例") for one in outgoing]


def _work_of_a_day(tx: Session, day: int, at: datetime) -> None:
    """Punctual units finish; some hand in what is returned; others do nothing."""
    owed = tx.exec(select(Duty).where(Duty.state == "open", col(Duty.kind).in_(("material", "perform", "report")), col(Duty.notice_id).is_(None))).all()
    for duty in owed:
        receipt = duty.origin.startswith("receipt:") and day == 3 and duty.id % 4
        punctual = duty.due_at is not None and duty.id % 5 in (1, 2) and duty.due_at - timedelta(days=2) < at
        if receipt or punctual:
            _accepted(tx, duty, at)


def _accepted(tx: Session, duty: Duty, at: datetime) -> None:
    hand_in(tx, duty, [_file(duty)], By("叶知秋", at), note="已按要求完成。")
    review(tx, duty, By("邵清和", at + timedelta(minutes=1)), accept=True)


def _file(duty: Duty) -> KeptFile:
    return KeptFile(f"{duty.title[:20]}.docx", f"{duty.id:064x}", 20480, "application/vnd.openxmlformats-officedocument.wordprocessingml.document")


def _leave_open_ends(tx: Session, at: datetime) -> None:
    owed = tx.exec(select(Duty).where(Duty.state == "open", Duty.kind == "material").order_by(col(Duty.id))).all()
    for duty in owed[:3]:
        hand_in(tx, duty, [_file(duty)], By("叶知秋", at), note="请审核。")
    for duty in owed[3:5]:
        hand_in(tx, duty, [_file(duty)], By("叶知秋", at))
        review(tx, duty, By("邵清和", at), accept=False, reason="缺少说明报告，照片不清晰，请补正后重新报送。")
    campaign = tx.exec(select(Campaign).where(Campaign.slug == SLUG)).one()
    from campaign.records.campaigns import find_phase

    phase = find_phase(tx, campaign, "p2")
    unit = tx.exec(select(Unit).where(Unit.name == "区城管局")).one()
    add_finding(tx, campaign, phase, unit, "云溪菜市场北门垃圾未及时清运", By("邵清和", at), severity="major", site="云溪菜市场北门")
