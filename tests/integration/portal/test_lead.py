"""牵头单位 and 单位负责人: pages of led items, reminders, compiling, parts for units below, and reviews that go through several hands."""

from __future__ import annotations

import re

import pytest
from sqlmodel import col, select

from campaign.portal.place import Place
from campaign.records.campaigns import find_campaign
from campaign.records.statements import table_of
from campaign.records.tables import CompiledPart, Duty, Event, Item, ItemUnit, Notice, StepVerdict, Submission, Unit
from campaign.work.by import By
from campaign.work.duty.hand_in import KeptFile, hand_in
from campaign.work.duty.review import review
from campaign.work.planning.review_chains import put_chain_in_force
from tests.integration.portal.conftest import NOW, Browser, Counting, open_account, token_on
from tests.integration.portal.sample import LADDERS, SLUG

LEAD, OTHER, BELOW = "区城管局", "区教育局", "云溪街道杏园社区"
DUTY = table_of(Duty)


def shared_item(place: Place) -> tuple[int, int, int]:
    """An item that LEAD leads and OTHER shares: (item, the lead's duty, the other's duty)."""
    with place.store.begin() as tx:
        lead, other = (tx.exec(select(Unit).where(Unit.name == name)).one() for name in (LEAD, OTHER))
        campaign = find_campaign(tx, SLUG)
        item = tx.exec(select(Item).join(ItemUnit, col(ItemUnit.item_id) == Item.id).where(
            ItemUnit.unit_id == lead.id, ItemUnit.role == "lead", Item.campaign_id == campaign.id).order_by(col(Item.id))).first()  # fmt: skip
        assert item is not None
        own = tx.exec(select(Duty).where(Duty.item_id == item.id, Duty.unit_id == lead.id, Duty.kind == "perform")).one()
        own.state, own.finished_at, own.submitted_at = "open", None, None
        tx.add(ItemUnit(item_id=item.id, unit_id=other.id, role="responsible"))
        duty = Duty(campaign_id=campaign.id, phase_id=item.phase_id, unit_id=other.id, kind="perform", origin="test:shared", title=item.title,
                    ladder_id=campaign.ladder_id, due_at=own.due_at, first_due_at=own.due_at, opened_at=NOW, item_id=item.id)  # fmt: skip
        tx.add(duty)
        tx.flush()
        return item.id, own.id, duty.id


def kept(place: Place, name: str) -> KeptFile:
    import io

    one = place.evidence.put(io.BytesIO(f"{name}的内容\n".encode()), name)
    return KeptFile(one.name, one.sha256, one.size, one.media_type)


def handed_in(place: Place, duty_id: int, by: str = "叶知秋") -> int:
    with place.store.begin() as tx:
        return hand_in(tx, tx.get_one(Duty, duty_id), [kept(place, "情况报告.txt")], By(by, NOW), note="请审核").id


def lead(place: Place, login: str = "qian", *, unit: str = LEAD) -> Browser:
    return open_account(place, login, ("lead_unit", unit))


def test_a_lead_unit_sees_its_items_and_no_other_units(place: Place, counting: Counting) -> None:
    item, _, duty = shared_item(place)
    client = lead(place)
    page = client.get("/lead").text
    assert f'href="/lead/{item}"' in page
    with counting() as seen:
        one = client.get(f"/lead/{item}")
    assert len([one for one in seen.statements if not one.startswith(("BEGIN", "PRAGMA", "ROLLBACK"))]) <= 12
    assert OTHER in one.text
    assert f'href="/duties/{duty}"' in one.text
    assert client.get(f"/duties/{duty}").status_code == 200
    assert lead(place, "sun", unit="区卫健局").get(f"/lead/{item}").status_code == 404


def test_reminding_from_the_page_makes_one_message_a_day(place: Place) -> None:
    item, _, duty = shared_item(place)
    client = lead(place)
    refused = client.post(f"/lead/{item}/remind", {"what": "chosen"}, page=f"/lead/{item}")
    assert "请先勾选要提醒的单位" in refused.text
    for _ in range(2):
        assert client.post(f"/lead/{item}/remind", {"what": "all"}, page=f"/lead/{item}").status_code == 303
    with place.store.read() as tx:
        unit = tx.get_one(Duty, duty).unit_id
        assert len(tx.exec(select(Notice).where(Notice.unit_id == unit, Notice.kind == "工作提醒", Notice.rung == 0)).all()) == 1
        assert len(tx.exec(select(Event).where(Event.verb == "remind")).all()) == 1


def test_compiling_links_the_parts_and_a_refusal_loses_no_word(place: Place) -> None:
    item, own, duty = shared_item(place)
    part = handed_in(place, duty)
    client = lead(place)
    early = client.post(f"/lead/{item}/compile", {"duty": str(own), "part": str(part), "note": "写了很久的汇总说明"}, page=f"/lead/{item}")
    assert early.status_code == 400
    assert "已不是审核通过的版本" in early.text
    assert "写了很久的汇总说明" in early.text
    with place.store.begin() as tx:
        review(tx, tx.get_one(Duty, duty), By("邵清和", NOW), accept=True)
    page = client.get(f"/lead/{item}").text
    assert f'name="part" value="{part}" checked' in page
    done = client.post(f"/lead/{item}/compile", {"duty": str(own), "part": str(part), "note": "全区情况"}, page=f"/lead/{item}",
                       files=[("files", ("汇总报告.txt", "全区汇总\n".encode()))])  # fmt: skip
    assert done.headers["location"] == f"/duties/{own}"
    with place.store.read() as tx:
        version = tx.exec(select(Submission).where(Submission.duty_id == own).order_by(col(Submission.id).desc())).first()
        assert version is not None
        assert [row.part_id for row in tx.exec(select(CompiledPart).where(CompiledPart.submission_id == version.id)).all()] == [part]
    assert f"{OTHER}-情况报告.txt" in client.get(f"/duties/{own}").text


def in_chain(place: Place) -> tuple[int, int]:
    """OTHER's share handed in under the full chain: (duty, version)."""
    _, _, duty = shared_item(place)
    with place.store.begin() as tx:
        put_chain_in_force(tx, find_campaign(tx, SLUG), "full", By("邵清和", NOW, "样例"), ladders=LADDERS)
    return duty, handed_in(place, duty)


def test_a_version_goes_from_hand_to_hand_and_its_unit_sees_where_it_is(place: Place) -> None:
    duty, version = in_chain(place)
    contact = open_account(place, "ye", ("contact", OTHER))
    head = open_account(place, "head", ("unit_head", OTHER))
    led, office = lead(place), open_account(place, "shen", ("reviewer", None))

    def listed(client: Browser) -> bool:
        return f'href="/review/{version}"' in client.get("/review").text

    assert (listed(head), listed(led), listed(office)) == (True, False, False)
    assert "等待单位负责人审签" in contact.get(f"/duties/{duty}").text
    assert "等待单位负责人审签" in contact.get("/todo?show=submitted").text
    assert contact.get(f"/review/{version}").status_code == 403
    assert led.get(f"/review/{version}").status_code == 404, "it has not come to the lead unit yet"
    told = office.post(f"/review/{version}", {"decision": "accept"}, page="/password")
    assert told.status_code == 409
    assert "不由您办理" in told.text

    head.post(f"/review/{version}", {"decision": "accept", "step": "unit_head"}, page=f"/review/{version}")
    assert (listed(head), listed(led), listed(office)) == (False, True, False)
    assert "等待牵头单位初审" in contact.get(f"/duties/{duty}").text
    led.post("/review", {"decision": "accept", "version": f"{version}:lead_unit"}, page=f"/review/{version}")
    office.post(f"/review/{version}", {"decision": "accept", "step": "office"}, page=f"/review/{version}")
    bare = office.post(f"/review/{version}/verdict", {"decision": "accept", "step": "report"}, page=f"/review/{version}")
    assert "收文号或回执扫描件" in bare.text
    sent = office.post(f"/review/{version}/verdict", {"decision": "accept", "step": "report", "receipt": "青创收〔2026〕8号"}, page=f"/review/{version}",
                       files=[("scan", ("回执.txt", "已收到\n".encode()))])  # fmt: skip
    assert sent.status_code == 303
    page = contact.get(f"/duties/{duty}").text
    assert "收文号 青创收〔2026〕8号" in page
    assert contact.get(f"/receipts/{version}").content == "已收到\n".encode()
    assert open_account(place, "other", ("contact", "区住建局")).get(f"/receipts/{version}").status_code == 404
    with place.store.read() as tx:
        assert tx.get_one(Duty, duty).state == "accepted"
        assert len(tx.exec(select(StepVerdict)).all()) == 4


def test_the_second_of_two_at_one_step_sees_what_the_first_did_and_does_not_decide_the_next(place: Place) -> None:
    _, version = in_chain(place)
    one, other = (open_account(place, login, ("unit_head", OTHER)) for login in ("head", "deputy"))
    token = token_on(other.get(f"/review/{version}").text)
    one.post(f"/review/{version}", {"decision": "accept", "step": "unit_head"}, page=f"/review/{version}")
    answer = other.request("POST", f"/review/{version}", data={"csrf": token, "decision": "return", "reason": "写了很久", "step": "unit_head"})
    assert answer.status_code == 409
    assert "人员head 已在「单位负责人审签」对第1版作出「通过」" in answer.text
    with place.store.read() as tx:
        assert len(tx.exec(select(StepVerdict)).all()) == 1


def test_a_lead_unit_does_not_decide_for_another_lead_unit(place: Place) -> None:
    _, version = in_chain(place)
    head = open_account(place, "head", ("unit_head", OTHER))
    head.post(f"/review/{version}", {"decision": "accept"}, page=f"/review/{version}")
    stranger = lead(place, "sun", unit="区卫健局")
    assert stranger.get(f"/review/{version}").status_code == 404
    assert stranger.post(f"/review/{version}", {"decision": "accept"}, page="/password").status_code == 404


@pytest.fixture
def street_duty(place: Place) -> int:
    with place.store.begin() as tx:
        street, community = (tx.exec(select(Unit).where(Unit.name == name)).one() for name in ("云溪街道", BELOW))
        community.parent_id = street.id
        tx.add(community)
        duty = tx.exec(select(Duty).where(Duty.unit_id == street.id, Duty.kind == "perform", col(Duty.item_id).is_not(None)).order_by(col(Duty.id))).first()
        assert duty is not None
        duty.state, duty.finished_at = "open", None
        return duty.id


def test_a_street_gives_a_part_to_its_community_sees_it_and_takes_it_back(place: Place, street_duty: int) -> None:
    client = open_account(place, "jie", ("contact", "云溪街道"))
    assert f'href="/duties/{street_duty}/split"' in client.get(f"/duties/{street_duty}").text
    page = client.get(f"/duties/{street_duty}/split").text
    unit = re.search(r'name="unit" value="(\d+)"> ' + BELOW, page)
    assert unit
    refused = client.post(f"/duties/{street_duty}/split", {"what": "split", "unit": unit[1], "due_on": "2027-12-31"}, page=f"/duties/{street_duty}/split")
    assert refused.status_code == 400
    assert "不能晚于本单位的期限" in refused.text
    assert client.post(f"/duties/{street_duty}/split", {"what": "split", "unit": unit[1]}, page=f"/duties/{street_duty}/split").status_code == 303
    whole = client.get(f"/duties/{street_duty}").text
    assert BELOW in whole
    assert "都办结后，本单位才能报送" in whole
    early = client.post(f"/duties/{street_duty}/submit", {"note": "先报"}, page=f"/duties/{street_duty}")
    assert "还有 1 个单位没有办结" in early.text
    with place.store.read() as tx:
        part = tx.exec(select(Duty).where(Duty.parent_id == street_duty)).one().id
    below = open_account(place, "she", ("contact", BELOW))
    assert "由 云溪街道 分解而来" in below.get(f"/duties/{part}").text
    assert "只分解一层" in below.get(f"/duties/{part}/split").text
    assert client.post(f"/duties/{street_duty}/split", {"what": "undo"}, page=f"/duties/{street_duty}/split").status_code == 303
    with place.store.read() as tx:
        assert tx.get_one(Duty, part).state == "cancelled"


def test_a_part_is_reviewed_by_the_head_of_the_unit_above(place: Place, street_duty: int) -> None:
    head = open_account(place, "jiezhang", ("unit_head", "云溪街道"))
    with place.store.read() as tx:
        community = tx.exec(select(Unit).where(Unit.name == BELOW)).one().id
    head.post(f"/duties/{street_duty}/split", {"what": "split", "unit": str(community)}, page=f"/duties/{street_duty}/split")
    with place.store.read() as tx:
        part = tx.exec(select(Duty).where(Duty.parent_id == street_duty)).one().id
    version = handed_in(place, part)
    office = open_account(place, "shen", ("reviewer", None))
    assert f'href="/review/{version}"' not in office.get("/review").text
    assert "上级单位审核" in head.get("/review").text
    head.post(f"/review/{version}", {"decision": "accept", "step": "above"}, page=f"/review/{version}")
    with place.store.read() as tx:
        assert tx.get_one(Duty, part).state == "accepted"
