"""A house in which every page of the portal has something to show, and the address of each route in it.

`PLACES` is held against the access table by a test without a browser, so a new page cannot be forgotten.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from campaign.portal.access import ACCESS, Anyone, Role
from campaign.portal.app import create_app
from campaign.records.campaigns import find_campaign
from campaign.records.duty.originals import cover_code
from campaign.records.store import Store
from campaign.records.tables import Duty, Notice, Parked, Phase, Signatory, Submission, SubmissionFile, Unit
from campaign.records.tables.accounts import PortalAccount
from campaign.rules.calendar import campaign_day
from campaign.work.by import By
from campaign.work.duty import burden, withdrawal
from campaign.work.duty.originals import receive_originals
from campaign.work.duty.requests import ask_extension
from campaign.work.people.accounts import add_account, grant, hasher
from campaign.work.upkeep.errands import Stand
from tests.e2e.portal.test_hands import LEAD, PASSWORD, SHARING, prepare
from tests.integration.portal.conftest import Browser, place_at
from tests.integration.portal.errands import finished
from tests.integration.portal.sample import SECOND, SLUG

STREET, BUREAU = "云溪街道", SHARING[0]
LEDGER = "严重精神障碍患者管理台账"
LOGINS: dict[Role, tuple[str | None, ...]] = {
    Role.ADMIN: (None,),
    Role.LEADER: (None,),
    Role.LEAD_UNIT: (LEAD,),
    Role.UNIT_HEAD: (STREET, BUREAU),
    Role.CONTACT: (STREET, BUREAU),
    Role.REVIEWER: (None,),
    Role.THIRD_PARTY: (None,),
    Role.EXPERT: (None,),
    Role.INSPECTOR: (None,),
    Role.AUDITOR: (None,),
}
PLACES: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/login": ("/login",),
    "/status": ("/status",),
    "/password": ("/password",),
    "/todo": ("/todo", "/todo?show=red", "/todo?show=done", "/todo?show=submitted"),
    "/duties/{duty_id}": ("/duties/{open}", "/duties/{submitted}", "/duties/{returned}", "/duties/{ledger}"),
    "/duties/{duty_id}/runs": ("/duties/{open}/runs",),
    "/duties/{duty_id}/split": ("/duties/{open}/split",),
    "/duties/{duty_id}/cover": ("/duties/{open}/cover",),
    "/files/{submission_id}/{number}/look": ("/files/{version}/1/look",),
    "/lead": ("/lead",),
    "/lead/{item_id}": ("/lead/{item}",),
    "/review": ("/review", "/review?show=mine"),
    "/review/{submission_id}": ("/review/{version}",),
    "/intake": ("/intake",),
    "/intake/{code}": ("/intake/{cover}",),
    "/registers": ("/registers", f"/registers?campaign={SLUG}", f"/registers?campaign={SLUG}&show=missing"),
    "/campaigns": ("/campaigns",),
    "/campaigns/{slug}": (f"/campaigns/{SLUG}",),
    "/campaigns/{slug}/duties": (f"/campaigns/{SLUG}/duties", f"/campaigns/{SLUG}/duties?light=red"),
    "/campaigns/{slug}/phases/{number}": (f"/campaigns/{SLUG}/phases/2",),
    "/campaigns/{slug}/burden": (f"/campaigns/{SLUG}/burden",),
    "/campaigns/{slug}/stagger": (f"/campaigns/{SLUG}/stagger", f"/campaigns/{SECOND}/stagger?proposed=1"),
    "/campaigns/{slug}/findings": (f"/campaigns/{SLUG}/findings",),
    "/campaigns/{slug}/preview": (f"/campaigns/{SLUG}/preview", f"/campaigns/{SECOND}/preview"),
    "/campaigns/{slug}/package": (f"/campaigns/{SLUG}/package", f"/campaigns/{SLUG}/package?item={{item}}", f"/campaigns/{SECOND}/package"),
    "/campaigns/{slug}/adjust": (f"/campaigns/{SLUG}/adjust",),
    "/ladders": ("/ladders",),
    "/launch": ("/launch",),
    "/rehearsals": ("/rehearsals", f"/rehearsals?campaign={SLUG}"),
    "/rehearsals/{errand_id}": ("/rehearsals/{rehearsal}",),
    "/parked": ("/parked",),
    "/sign": ("/sign",),
    "/requests": ("/requests",),
    "/units": ("/units", "/units?show=unreachable"),
    "/units/{code}": ("/units/{unit}",),
    "/calendar": ("/calendar",),
    "/users": ("/users",),
    "/log": ("/log",),
    "/search": ("/search", "/search?q=整治"),
    "/notices": ("/notices",),
    "/notices/{notice_id}": ("/notices/{paper}", "/notices/{draft}"),
}
NO_PAGES = frozenset(
    (
        "/healthz", "/readyz", "/login/oidc", "/login/oidc/back", "/api/status", "/api/uploads/{upload_id}", "/files/{submission_id}/{number}",
        "/files/{submission_id}/{number}/pages/{page}", "/receipts/{submission_id}", "/registers.xlsx", "/registers/{signatory_id}/scan", "/units.xlsx",
        "/rehearsals/report.css", "/rehearsals/{errand_id}/report.html", "/rehearsals/{errand_id}/notices.xlsx",
        "/campaigns/{slug}/preview.xlsx", "/campaigns/{slug}/package/{which}.zip",
        "/units/{code}/heirs.csv", "/ladders/{name}.yaml", "/notices/{notice_id}/paper.docx", "/notices/{notice_id}/slip.docx",
    )
)  # fmt: skip
"""What answers with a file, with JSON or with a way elsewhere."""


def pages_of(role: Role) -> list[str]:
    """The routes of pages that this role may open."""
    rules = {key.removeprefix("GET "): rule for key, rule in ACCESS.items() if key.startswith("GET ")}
    return [path for path, rule in rules.items() if path not in NO_PAGES and (isinstance(rule, Anyone) or role in rule)]


def furnish(home: Path, now: datetime) -> dict[str, Any]:
    """Play the sample, add what only some pages show, open an account for each role; answers what stands in `PLACES` in braces."""
    item, street_duty = prepare(home, now)
    store, by = Store.open(home), By("邵清和", now, "样例")
    with store.begin() as tx:
        units = {unit.name: unit for unit in tx.exec(select(Unit)).all()}
        for role, names in LOGINS.items():
            account = add_account(tx, role.value, role.label, hasher().hash(PASSWORD), by, lasting=True)
            for name in names:
                grant(tx, account, role.value, units[name] if name else None, by)
        cover = _on_paper(tx, street_duty, by)
        _beside_the_plan(tx, units, by)
        _register(tx, units[STREET], by)
        found = _numbers(tx, units, by) | {"item": item, "open": street_duty, "cover": cover, "unit": units[STREET].code}
        tx.add(Parked(pass_name="supervision", subject="duty", subject_id=street_duty, campaign_id=find_campaign(tx, SLUG).id, parked_at=now, reason="样例"))
    store.close()
    with ThreadPoolExecutor(1) as beside:  # Playwright's loop runs in this thread
        return found | beside.submit(_errands, home, now).result()


def _errands(home: Path, now: datetime) -> dict[str, Any]:
    """A rehearsal, a preview and a draft of the package, asked for at the portal and done by its child processes."""
    place = replace(place_at(home), clock=lambda: min(now, datetime.now(UTC)))
    office = Browser(create_app(place))
    office.log_in(Role.ADMIN.value, PASSWORD)
    rehearsal = office.post("/rehearsals", {"campaign": SLUG, "profile": "mixed"}).headers["location"].rpartition("/")[2]
    office.post(f"/campaigns/{SLUG}/preview", {"days": "14"})
    office.post(f"/campaigns/{SLUG}/package")
    office.post(f"/campaigns/{SECOND}/package/freeze", {"reason": "迎检定稿"})
    for one in place.errands.all():
        done = finished(place, one.id)
        assert done.stand is Stand.DONE, (done.words, done.refusal())
    office.post(f"/campaigns/{SECOND}/package/verify", {"which": "1"})
    assert finished(place, place.errands.all()[0].id).stand is Stand.DONE
    place.store.close()
    return {"rehearsal": rehearsal}


def _on_paper(tx: Session, duty_id: int, by: By) -> str:
    code = cover_code(tx, duty_id, by.now)
    other = tx.exec(select(Duty).where(Duty.state == "open", Duty.kind == "material").order_by(col(Duty.id).desc())).first()
    assert other is not None
    cover_code(tx, other.id, by.now)
    receive_originals(tx, other, by, key="sample", copies=1, received_on=campaign_day(by.now), handed_by="陆青禾")
    return code


def _beside_the_plan(tx: Session, units: dict[str, Unit], by: By) -> None:
    """A request that was sent, one that the cap holds back, and one for more time."""
    campaign = find_campaign(tx, SLUG)
    phase = tx.exec(select(Phase).where(Phase.campaign_id == campaign.id, Phase.state == "open")).first()
    assert phase is not None
    due_on: date = campaign_day(by.now) + timedelta(days=9)
    burden.ask_extra(tx, campaign, phase, units["柳荫街道"], by, key="one", kind="material", title="补报志愿服务站点照片", due_on=due_on)
    burden.ask_extra(tx, campaign, phase, units[STREET], by, key="ledger", kind="material", title=LEDGER, due_on=due_on)
    burden.set_cap(tx, campaign, 1, by)
    burden.ask_extra(tx, campaign, phase, units["柳荫街道"], by, key="two", kind="material", title="补报巡查记录", due_on=due_on)
    owed = tx.exec(select(Duty).where(Duty.state == "open", col(Duty.due_at) > by.now, Duty.unit_id == units["柳荫街道"].id).order_by(col(Duty.id))).first()
    if owed is not None:
        ask_extension(tx, owed, due_on + timedelta(days=200), By("叶知秋", by.now, "等待上级数据"))


def _register(tx: Session, unit: Unit, by: By) -> None:
    campaign = find_campaign(tx, SLUG)
    for name, address, signed_on in (("张记面馆", "云溪路一号", None), ("李记五金", "云溪路二号", campaign_day(by.now))):
        tx.add(Signatory(campaign_id=campaign.id, unit_id=unit.id, register_name="门前三包", name=name, address=address, signed_on=signed_on,
                         entered_by=by.actor, entered_at=by.now))  # fmt: skip


def _numbers(tx: Session, units: dict[str, Unit], by: By) -> dict[str, Any]:
    own = (units[STREET].id, units[BUREAU].id)
    version = tx.exec(
        select(Submission)
        .join(Duty, col(Duty.id) == Submission.duty_id)
        .join(SubmissionFile, col(SubmissionFile.submission_id) == Submission.id)
        .where(Duty.unit_id == units[BUREAU].id, Duty.state == "submitted", SubmissionFile.name == "整治情况.txt")
    ).one()
    paper = tx.exec(
        select(Notice.id).where(col(Notice.unit_id).in_(own), col(Notice.state).in_(("issued", "delivered"))).order_by(col(Notice.id).desc())
    ).first()
    draft = tx.exec(select(Notice.id).where(Notice.state == "draft").order_by(col(Notice.id))).first()
    returned = tx.exec(select(Duty).where(Duty.state == "returned").order_by(col(Duty.id))).first()
    assert returned is not None
    grant(tx, tx.exec(select(PortalAccount).where(PortalAccount.login == Role.CONTACT.value)).one(), Role.CONTACT.value, tx.get_one(Unit, returned.unit_id), by)
    shown = tx.exec(select(SubmissionFile).where(SubmissionFile.submission_id == version.id)).one()
    withdrawal.ask(tx, shown.sha256, By("叶知秋", by.now, "误传了别的单位的材料"))
    ledger = tx.exec(select(Duty.id).where(col(Duty.title).contains(LEDGER))).one()
    return {"ledger": ledger, "version": version.id, "submitted": version.duty_id, "returned": returned.id, "paper": paper, "draft": draft}


def now_at_noon() -> datetime:
    """Today at 11:00 in the campaign's zone, so that pictures of the same day are the same."""
    return datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0)
