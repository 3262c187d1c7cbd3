"""Papers that a person signs: 通报 and above."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from campaign.errors import CampaignError, Conflict
from campaign.records.duty import submissions
from campaign.records.papers.notices import find_notice, undelivered_papers
from campaign.records.statements import table_of
from campaign.records.tables import Duty, Event, Notice
from campaign.work.papers.signing import sign_notice, withdraw_notice
from tests.world import World, file, item, plan

DUTY, NOTICE = table_of(Duty), table_of(Notice)
NEAR = plan([item(1, deadline="2026-03-10")])


def drafted(world: World) -> Notice:
    """A 通报 waits for its signature."""
    world.opened(NEAR).climb(5, deliver_last=False)
    return world.notices(NOTICE.c.state == "draft")[0]


def test_a_draft_is_a_duty_of_the_office_to_sign_and_is_not_sent(world: World) -> None:
    draft = drafted(world)
    world.deliver()

    asked = world.duty(f"sign:notice:{draft.id}")
    assert (asked.kind, asked.state, asked.unit_id) == ("sign", "open", world.campaign().office_unit_id)
    assert (draft.number, world.notices(NOTICE.c.id == draft.id)[0].state) == (None, "draft")
    assert not [one for one in world.receiver.arrived if one.notice_id == draft.id]
    assert world.verify() == []


def test_signed_it_gets_its_number_goes_out_and_the_ladder_goes_on_after_its_delivery(world: World) -> None:
    draft = drafted(world)

    assert world.sign(draft.id) == "创办通〔2026〕1号"
    assert world.duty(f"sign:notice:{draft.id}").state == "accepted"
    assert world.duty().next_rung_at is None
    world.deliver()

    assert world.duty().next_rung_at is not None
    assert world.notices(NOTICE.c.id == draft.id)[0].signed_by == "示例组长"
    assert world.verify() == []


def test_signing_twice_says_who_signed(lite: World) -> None:
    draft = drafted(lite)
    lite.sign(draft.id)

    with pytest.raises(Conflict, match="示例组长"):
        lite.sign(draft.id, "示例副组长")


def test_it_is_not_signed_while_an_earlier_rung_never_arrived(world: World) -> None:
    draft = drafted(world)
    with world.store.begin() as tx:
        tx.execute(text("UPDATE notice SET state = 'issued', delivered_at = NULL WHERE kind = '督办通知书'"))

    with pytest.raises(Conflict, match="尚未送达"):
        world.sign(draft.id)


def test_withdrawn_its_duties_are_not_let_off_and_wait_the_rungs_dwell_again(world: World) -> None:
    draft = drafted(world)

    world.withdraw(draft.id)

    duty = world.duty()
    assert (duty.revision, duty.rung, duty.floor_rung, duty.state) == (2, 0, 5, "open")
    assert duty.next_rung_at is not None
    assert world.duty(f"sign:notice:{draft.id}").state == "cancelled"
    assert world.verify() == []
    world.climb(5, deliver_last=False)
    assert len(world.notices(NOTICE.c.state == "draft")) == 1
    assert world.verify() == []


def test_withdrawing_needs_a_reason(lite: World) -> None:
    draft = drafted(lite)
    with pytest.raises(CampaignError, match="理由"), lite.store.begin() as tx:
        withdraw_notice(tx, tx.merge(draft), lite.by(reason=" "))


@pytest.mark.parametrize("way", ["submit", "waive"])
def test_a_draft_on_which_nothing_is_left_asks_for_no_signature_any_more(world: World, way: str) -> None:
    draft = drafted(world)
    if way == "submit":
        world.submit()
    else:
        world.change("waive")

    assert world.notices(NOTICE.c.id == draft.id)[0].state == "empty"
    assert world.duty(f"sign:notice:{draft.id}").state == "cancelled"
    assert world.verify() == []


@pytest.mark.parametrize("way", ["waive", "cancel", "submit"])
def test_the_duty_to_sign_ends_with_its_paper_only(world: World, way: str) -> None:
    draft = drafted(world)
    asked = f"sign:notice:{draft.id}"

    end = {"submit": lambda: world.submit(asked)}.get(way, lambda: world.change(way, asked))
    with pytest.raises(Conflict, match="签发"):
        end()


def test_drafts_of_two_units_in_one_sweep_are_signed_each_by_itself(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-10"), item(2, lead_unit="示例乙局", deadline="2026-03-10")])).climb(5, deliver_last=False)

    assert len(world.notices(NOTICE.c.state == "draft")) == 2
    assert len(world.duties(DUTY.c.kind == "sign", DUTY.c.state == "open")) == 2


def test_signed_on_paper_the_signer_is_named_the_scan_kept_and_who_entered_it_logged(world: World) -> None:
    draft = drafted(world)
    with world.store.begin() as tx:
        number = sign_notice(tx, find_notice(tx, draft.id), world.by("示例录入员"), signed_by=" 示例主任 ", scan=[file("送签单")])

    asked = world.duty(f"sign:notice:{draft.id}")
    assert (world.notices(NOTICE.c.id == draft.id)[0].signed_by, asked.state) == ("示例主任", "accepted")
    with world.store.read() as tx:
        kept = submissions.latest(tx, asked)
    assert kept is not None
    assert kept.submitted_by == "示例录入员"
    (event,) = world.rows(Event, table_of(Event).c.verb == "sign_on_paper")
    assert (event.actor, event.detail) == ("示例录入员", {"number": number, "on_paper_by": "示例主任", "scans": 1})
    assert world.verify() == []


def test_a_scan_without_a_signer_is_refused_and_nothing_is_issued(lite: World) -> None:
    draft = drafted(lite)
    with pytest.raises(CampaignError, match="谁签的"), lite.store.begin() as tx:
        sign_notice(tx, find_notice(tx, draft.id), lite.by(), scan=[file("送签单")])
    assert lite.notices(NOTICE.c.id == draft.id)[0].state == "draft"


def test_the_papers_that_hold_a_draft_back_are_named(world: World) -> None:
    draft = drafted(world)
    with world.store.begin() as tx:
        assert undelivered_papers(tx, draft.id) == []
        tx.execute(text("UPDATE notice SET state = 'issued', delivered_at = NULL WHERE kind = '督办通知书'"))
    with world.store.read() as tx:
        assert [(row.kind, row.number) for row in undelivered_papers(tx, draft.id)] == [("督办通知书", "创办督〔2026〕1号")]
