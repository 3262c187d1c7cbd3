"""From a duty to the passes that worked on it and to Prefect's own page of each; rows set aside, and the button that gives them back."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import httpx
import pytest
from sqlalchemy import update

from campaign.engine.client import Engine
from campaign.portal.place import Place, PrefectWatch
from campaign.records.duty.duty_runs import runs_of_duty
from campaign.records.running.pass_runs import park_duty
from campaign.records.statements import table_of
from campaign.records.tables import Duty, Escalation, Parked, PassRun, Unit
from tests.integration.portal.conftest import NOW, Browser, Counting, open_account

RUN = "0b9f4a6e-0000-4000-8000-000000000001"


def with_prefect(place: Place) -> Place:
    """The same place beside a Prefect that answers."""
    up = httpx.MockTransport(lambda _: httpx.Response(200, json=True))
    return replace(place, prefect=PrefectWatch(lambda: Engine("http://prefect.example:4200/api", transport=up)))


def escalated(place: Place) -> int:
    """A duty that climbed, by passes that Prefect ran."""
    with place.store.begin() as tx:
        tx.execute(update(table_of(PassRun)).values(flow_run_id=RUN))
        step = table_of(Escalation)
        return cast(int, tx.execute(step.select().where(~step.c.skipped, step.c.pass_id.is_not(None)).limit(1)).one().duty_id)


def admin(place: Place) -> Browser:
    return open_account(place, "guan", ("admin", None))


def test_a_duty_leads_to_the_passes_that_opened_and_escalated_it(place: Place) -> None:
    duty_id = escalated(place)
    client = admin(with_prefect(place))
    assert f'href="/duties/{duty_id}/runs"' in client.get(f"/duties/{duty_id}").text
    page = client.get(f"/duties/{duty_id}/runs").text
    with place.store.read() as tx:
        runs = runs_of_duty(tx, tx.get_one(Duty, duty_id))
    assert runs[0].did == "交办"
    assert len(runs) > 1
    assert page.count(f"http://prefect.example:4200/runs/flow-run/{RUN}") == len(runs)
    assert all(run.did in page for run in runs)


def test_while_prefect_is_down_the_passes_are_still_there_and_every_page_says_it(place: Place) -> None:
    duty_id = escalated(place)
    client = admin(place)
    page = client.get(f"/duties/{duty_id}/runs")
    assert page.status_code == 200
    assert "交办" in page.text
    assert "/runs/flow-run/" not in page.text
    for path in ("/", "/campaigns", f"/duties/{duty_id}", f"/duties/{duty_id}/runs", "/sign", "/units", "/log", "/parked"):
        assert "Prefect 没有响应" in client.get(path).text, path


def test_units_and_leaders_get_no_way_into_prefect(place: Place) -> None:
    duty_id = escalated(place)
    leader = open_account(with_prefect(place), "ling", ("leader", None))
    page = leader.get(f"/duties/{duty_id}/runs").text
    assert "交办" in page
    assert "/runs/flow-run/" not in page
    with place.store.read() as tx:
        unit = tx.get_one(Unit, tx.get_one(Duty, duty_id).unit_id).name
    contact = open_account(place, "lian", ("contact", unit))
    assert f"/duties/{duty_id}/runs" not in contact.get(f"/duties/{duty_id}").text
    assert contact.get(f"/duties/{duty_id}/runs").status_code == 403
    assert "Prefect" not in contact.get("/todo").text


def test_the_page_asks_few_questions(place: Place, counting: Counting) -> None:
    duty_id = escalated(place)
    client = admin(place)
    client.get("/")
    with counting() as seen:
        client.get(f"/duties/{duty_id}/runs")
    assert len([one for one in seen.statements if one.lstrip().upper().startswith("SELECT")]) <= 12


@pytest.fixture
def parked(place: Place) -> int:
    """One open duty set aside by the sweep; its row's number."""
    with place.store.begin() as tx:
        duty = table_of(Duty)
        duty_id = tx.execute(duty.select().where(duty.c.state == "open", duty.c.rung == 0, duty.c.next_rung_at.is_not(None)).limit(1)).one().id
        park_duty(tx, "supervision", duty_id, "期限超出工作日历", NOW)
        return cast(int, tx.execute(table_of(Parked).select()).one().id)


def test_what_was_set_aside_is_seen_on_the_board_and_given_back_with_a_reason(place: Place, parked: int) -> None:
    client = admin(place)
    assert 'href="/parked"' in client.get("/").text
    page = client.get("/parked").text
    assert "期限超出工作日历" in page
    refused = client.post(f"/parked/{parked}", {"reason": " "}, page="/parked")
    assert refused.status_code == 409
    assert "请写明理由" in refused.text
    assert client.post(f"/parked/{parked}", {"reason": "日历已补齐"}, page="/parked").status_code == 303
    assert "已放回" in client.get("/parked").text
    with place.store.read() as tx:
        assert tx.execute(table_of(Parked).select()).all() == []
    assert "没有待处理的事项" in client.get("/parked").text
    assert client.post(f"/parked/{parked}", {"reason": "再放一次"}, page="/parked").status_code == 404
