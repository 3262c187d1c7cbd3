"""The flows carry out passes on a real Prefect server, and show people what they did. The clock starts by itself what is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from campaign.engine.client import Engine
from campaign.engine.names import PASSES, PHASES, DeploymentName
from campaign.engine.runs import Run, find_deployment, read_run, recent_runs, trigger
from campaign.plan.spec import PhaseKind
from campaign.records.campaigns import find_campaign
from campaign.records.duty.duty_runs import runs_of_duty
from campaign.records.statements import table_of
from campaign.records.store import Store
from campaign.records.tables import Duty, PassRun, Series
from deployments.server import ServerPlace, client_environment
from tests.e2e import harness
from tests.e2e.harness import wait_until
from tests.world import World, item, phase, plan

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

UNITS = [f"示例{number:02d}局" for number in range(1, 7)]
DUE_SLUG = "due-now"
REHEARSAL = "示例区演练方案"
PHASE_CHOICE = "p1 · p1阶段"


def launch_due(store: Store) -> None:
    """A campaign in real time whose phase has begun."""
    today = datetime.now(UTC).date()
    days = [(today + timedelta(days=n)).isoformat() for n in (-20, -2, 20)]
    items = [item(number, responsible_units=UNITS, deadline=days[1] if number == 1 else days[2]) for number in range(1, 4)]
    spec = plan(items, [phase("p1", "rollout", days[0], days[2])], title="示例区真实时间方案")
    World(store, f"{days[0]}T09:00").launch(spec, slug=DUE_SLUG)


@pytest.fixture(scope="module")
def office(server: ServerPlace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Runner and clock over a data folder with a campaign; the records of that folder."""
    home = tmp_path_factory.mktemp("office")
    store = Store.open(home)
    launch_due(store)
    env = client_environment(server) | {"CAMPAIGN_HOME": str(home), "CAMPAIGN_PREFECT_API_URL": server.api_url}
    with harness.running(harness.python("deployments.runner_child", str(home / "ready")), env, log=home / "runner.log") as runner:

        def ready() -> bool:
            assert runner.is_alive, f"the runner died:\n{runner.last_words(30)}"
            return (home / "ready").exists()

        wait_until(ready, description="runner and clock are ready", within=harness.START_SECONDS)
        yield store
    store.close()


@pytest.fixture
def slug(office: Store) -> str:
    """A rehearsal of its own, in the spring of 2026."""
    slug = f"r{uuid4().hex[:8]}"
    World(office).launch(plan(title=REHEARSAL), slug=slug, rehearsal=True)
    return slug


def done(engine: Engine, run: Run) -> Run:
    def final() -> Run | None:
        found = read_run(engine, run.id)
        return found if found is not None and found.is_final else None

    return wait_until(final, description=f"run {run.id} has ended")


def rehearse(engine: Engine, slug: str, at: str, *, actor: str = "", name: DeploymentName = PHASES[PhaseKind.ROLLOUT], **more: str) -> Run:
    chosen = {"campaign": f"{slug} · {REHEARSAL}", "at": f"{at}T09:00:00+08:00"} | more
    run, _ = trigger(engine, name, {"request": chosen}, actor=actor, tags=["演练"])
    return done(engine, run)


def task_runs(engine: Engine, run: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = engine.ask("POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [run.id]}}})
    return found


def test_a_phase_run_tells_in_chinese_what_it_did(engine: Engine, slug: str) -> None:
    run = rehearse(engine, slug, "2026-03-02", actor="示例审核员", phase=PHASE_CHOICE)
    assert (run.state_type, run.message) == ("COMPLETED", "新交办 1 项")
    assert run.name == "示例区演练方案 · p1阶段 · 2026-03-02"

    def names() -> list[str]:
        return [one["name"] for one in task_runs(engine, run)]

    wait_until(lambda: len(names()) >= 4 and any("示例甲局 assign" in name for name in names()), description="the task runs are visible")
    assert all(name.split(" ")[0].isascii() for name in names()), names()
    told = engine.ask("GET", f"/flow_runs/{run.id}")
    assert set(told["tags"]) >= {"示例区演练方案", "p1阶段", "演练"}


def test_a_form_that_is_filled_in_wrongly_is_refused_in_chinese(engine: Engine, slug: str) -> None:
    run, _ = trigger(engine, PHASES[PhaseKind.ROLLOUT], {"request": {"campaign": f"{slug} · {REHEARSAL}", "phase": PHASE_CHOICE, "at": "明天"}})
    ended = done(engine, run)
    assert (ended.state_type, ended.name) == ("FAILED", "推进阶段 · 填写有误")
    assert ended.message == "「按此时间推演」应写成 2026-06-01T09:00 这样的时间。请改正后重新运行，没有任何改动。"


def test_a_defect_ends_a_run_with_a_sentence_and_leaves_the_trace_to_the_log(engine: Engine, office: Store) -> None:
    slug = f"d{uuid4().hex[:8]}"
    weekly = item(1, recurrence={"every": "week", "on": ["FR"]})
    World(office).launch(plan([weekly], title=REHEARSAL), slug=slug, rehearsal=True)
    rehearse(engine, slug, "2026-03-02", phase=PHASE_CHOICE)
    series = table_of(Series)
    with office.begin() as tx:
        tx.execute(update(series).where(series.c.campaign_id == find_campaign(tx, slug).id).values(recurrence={"every": "nonsense"}))
    run = rehearse(engine, slug, "2026-03-20", name=PASSES["supervision"])
    assert run.state_type == "FAILED"
    assert "程序出了意外（ValidationError），本次没有办完" in run.message

    def traced() -> bool:
        logged = engine.ask("POST", "/logs/filter", {"logs": {"flow_run_id": {"any_": [run.id]}}})
        return any("本次办理出了意外" in one["message"] and "Traceback" in one["message"] for one in logged)

    wait_until(traced, description="the trace has reached the run's log")


def test_the_tables_of_a_run_are_its_artifacts(engine: Engine, slug: str) -> None:
    run = rehearse(engine, slug, "2026-03-03", phase=PHASE_CHOICE)
    found = engine.ask("POST", "/artifacts/filter", {"flow_runs": {"id": {"any_": [run.id]}}})
    artifacts = {one["key"]: one["description"] for one in found}
    assert set(artifacts) == {f"{name}-phase-{slug}-p1" for name in ("progress", "overdue", "notices", "gate")}
    assert "红灯事项（逾期）清单" in artifacts[f"overdue-phase-{slug}-p1"]
    assert all("在门户中查看" in text for text in artifacts.values())
    assert f"/campaigns/{slug}/phases/1)" in artifacts[f"progress-phase-{slug}-p1"]
    assert f"/campaigns/{slug}/duties?light=red&phase=1)" in artifacts[f"overdue-phase-{slug}-p1"]


def test_a_pass_keeps_the_run_that_carried_it_so_that_a_duty_leads_there(engine: Engine, office: Store, slug: str) -> None:
    run = rehearse(engine, slug, "2026-03-03", phase=PHASE_CHOICE)
    with office.read() as tx:
        campaign_id = find_campaign(tx, slug).id
        (duty,) = tx.execute(table_of(Duty).select().where(table_of(Duty).c.campaign_id == campaign_id)).all()
        assert [(one.did, one.url(engine.ui_url)) for one in runs_of_duty(tx, duty)] == [("交办", run.url)]


def test_who_ran_a_pass_comes_from_its_labels_and_else_is_prefects_dialog(engine: Engine, office: Store, slug: str) -> None:
    rehearse(engine, slug, "2026-03-04", actor="示例审核员", phase=PHASE_CHOICE)
    rehearse(engine, slug, "2026-03-05", phase=PHASE_CHOICE)
    with office.read() as tx:
        campaign_id = find_campaign(tx, slug).id
    actors = [row.actor for row in World(office).rows(PassRun) if row.campaign_id == campaign_id]
    assert actors == ["示例审核员", "prefect-ui"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"phase": "p9 · 没有"}, "没有阶段「p9」"),
        ({"phase": PHASE_CHOICE, "campaign": "nowhere"}, "没有名为「nowhere」的创建活动"),
        ({"phase": PHASE_CHOICE, "campaign": DUE_SLUG, "at": "2099-01-01T09:00:00+08:00"}, "不是演练"),
    ],
    ids=["unknown phase", "unknown campaign", "future of a real campaign"],
)
def test_a_wrong_choice_fails_with_one_sentence(engine: Engine, slug: str, wanted: dict[str, str], said: str) -> None:
    run, _ = trigger(engine, PHASES[PhaseKind.ROLLOUT], {"request": {"campaign": slug, "at": "2026-03-02T09:00:00+08:00"} | wanted})
    ended = done(engine, run)
    assert ended.state_type == "FAILED"
    assert said in ended.message


def test_a_phase_of_another_kind_is_refused_and_leaves_no_pass_open(engine: Engine, slug: str) -> None:
    run = rehearse(engine, slug, "2026-03-06", name=PHASES[PhaseKind.READINESS], phase=PHASE_CHOICE)
    assert run.state_type == "FAILED"
    assert "不属于本部署的类型" in run.message
    assert rehearse(engine, slug, "2026-03-06", phase=PHASE_CHOICE).state_type == "COMPLETED"


def test_the_clock_starts_by_itself_what_is_due_and_prefect_shows_it(engine: Engine, office: Store) -> None:
    """The phase that had begun, then the sweep of what is overdue, then the delivery of what was written."""

    def messages() -> dict[str, str]:
        runs = [run for run in recent_runs(engine, limit=200) if run.state_type == "COMPLETED"]
        return {run.name.split(" · ")[0]: run.message for run in runs if "演练" not in run.name}

    wait_until(lambda: "示例区真实时间方案" in messages(), description="the clock started the open phase")
    wait_until(lambda: "文书送达" in messages(), description="the clock started the delivery of its digests")
    world = World(office)
    assert all(row.actor == "clock" for row in world.rows(PassRun) if row.name == "delivery")


def test_the_run_dialog_offers_the_running_campaigns(engine: Engine, office: Store) -> None:
    schema = find_deployment(engine, PASSES["supervision"])["parameter_openapi_schema"]
    fields = schema["definitions"]["CampaignForm"]["properties"]
    offered = fields["campaign"]["enum"]
    assert offered[0] == "全部"
    assert f"{DUE_SLUG} · 示例区真实时间方案" in offered


def test_the_dialog_itself_refuses_what_is_not_in_its_select(engine: Engine, office: Store) -> None:
    deployment = find_deployment(engine, PHASES[PhaseKind.ROLLOUT])
    with pytest.raises(Exception, match="409"):
        engine.ask("POST", f"/deployments/{deployment['id']}/create_flow_run", {"parameters": {"request": {"campaign": "x", "phase": PHASE_CHOICE}}})
