"""Whole campaigns through all their phases on a real Prefect server: two real plans from their annotations, and a Word file of our own.

The day moves through each campaign's calendar; every pass that is due is a Prefect run, and people act through the commands' use cases.
Nothing sleeps for a day: the campaigns are launched with --rehearsal and live in the time that their passes are told.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from campaign.engine.client import Engine
from campaign.engine.forms import CampaignForm, PassForm, PhaseForm, choice, parameters_of
from campaign.engine.names import PASSES, PHASES
from campaign.engine.runs import Run, read_run, trigger
from campaign.evidence.files import FileStore
from campaign.plan.spec import PhaseKind
from campaign.plan.yaml_text import to_yaml
from campaign.records.campaigns import find_campaign, find_phase
from campaign.records.pages import views
from campaign.records.planning import registry
from campaign.records.planning.phases import leaders
from campaign.records.store import Store
from campaign.records.tables import Campaign, Duty, DutyKind, DutyState, Notice, Phase
from campaign.rules.calendar import CAMPAIGN_ZONE, campaign_day, due_on
from campaign.rules.gate import GateOutcome
from campaign.work.by import By
from campaign.work.duty.hand_in import KeptFile, hand_in
from campaign.work.duty.review import review
from campaign.work.papers.signing import sign_notice
from campaign.work.planning.gate import ask_gate, decide_gate, overrule_gate
from campaign.work.running.due import due_passes_of
from campaign.work.running.pass_types import PassRequest
from campaign.work.upkeep.verify import verify
from deployments.server import ServerPlace, client_environment
from tests.e2e import harness
from tests.e2e.harness import wait_until
from tests.gold_plans import gold_file, spec_of
from tests.samples.word import WordFile

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(1800)]

LEADER = "示例组长"
# Every working day would be 200 runs a campaign; a clock that wakes each fifth day, on another weekday each time, must come to the same end.
STEP = timedelta(days=5)


@dataclass(frozen=True)
class House:
    home: Path
    store: Store
    engine: Engine

    def campaign(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command as its user types it."""
        command = [sys.executable, "-m", "campaign.cli", *words]
        if words[0] != "plan":
            command += ["--data", str(self.home)]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)


@pytest.fixture(scope="module")
def house(server: ServerPlace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house")
    store = Store.open(home)
    env = client_environment(server) | {"CAMPAIGN_HOME": str(home), "CAMPAIGN_PREFECT_API_URL": server.api_url}
    engine = Engine(server.api_url, patience=150)  # its SQLite waits up to 60 s for a lock
    with harness.running(harness.python("deployments.runner_child", str(home / "ready")), env, log=home / "runner.log") as runner:

        def ready() -> bool:
            assert runner.is_alive, f"the runner died:\n{runner.last_words(30)}"
            return (home / "ready").exists()

        wait_until(ready, description="runner and clock are ready", within=harness.START_SECONDS)
        yield House(home, store, engine)
    engine.close()
    store.close()


class Calendar:
    """Moves a campaign's day, runs what is due through Prefect, and lets people act."""

    def __init__(self, house: House, slug: str) -> None:
        self.house, self.slug = house, slug
        self.runs: list[Run] = []
        with house.store.read() as tx:
            self.chosen = choice(slug, find_campaign(tx, slug).title)
        folder = FileStore(house.home / "files")
        source = house.home / "材料.txt"
        source.write_text("现场已按要求办理，附清单。\n", "utf-8")
        kept = folder.put(source, "材料.txt")
        self.file = KeptFile("材料.txt", kept.sha256, kept.size, kept.media_type)

    def play(self, first: date, last: date) -> None:
        day = first
        while day <= last:
            now = datetime(day.year, day.month, day.day, 9, tzinfo=CAMPAIGN_ZONE)
            self._run_due(now)
            self._people(now + timedelta(hours=2))
            self._gates(now + timedelta(hours=8))
            day += STEP

    def _run_due(self, now: datetime) -> None:
        for _ in range(4):  # a pass may make the next one due: a phase's digest wants delivery
            with self.house.store.read() as tx:
                campaign = find_campaign(tx, self.slug)
            due = [request for request in due_passes_of(self.house.store, campaign, now, "e2e") if campaign.state == "launched" or request.name != "phase"]
            if not due:
                return
            for request in due:
                self._through_prefect(request)

    def _through_prefect(self, request: PassRequest) -> None:
        form: PassForm
        if request.name == "phase":
            with self.house.store.read() as tx:
                phase = find_phase(tx, find_campaign(tx, self.slug), request.phase or "")
            form, name = PhaseForm(campaign=self.chosen, phase=choice(phase.key, phase.name), at=request.now), PHASES[PhaseKind(phase.kind)]
        else:
            form, name = CampaignForm(campaign=self.chosen, at=request.now), PASSES[request.name]
        run, _ = trigger(self.house.engine, name, parameters_of(form), actor="e2e")

        def ended() -> Run | None:
            found = read_run(self.house.engine, run.id)
            return found if found is not None and found.is_final else None

        done = wait_until(ended, description=f"{request.name} of {request.now:%m-%d} has ended", within=240, every=0.2)
        assert done.state_type == "COMPLETED", f"{done.name}: {done.message}"
        self.runs.append(done)

    def _people(self, now: datetime) -> None:
        """Most hand in a day before it is due, every fifth a week late; the office reviews at once and signs what waits."""
        with self.house.store.begin() as tx:
            campaign = find_campaign(tx, self.slug)
            for row in views.list_duties(tx, now, campaign=campaign, states=("open", "returned")):
                duty = tx.get_one(Duty, row.id)
                if duty.due_at is None or duty.kind in (DutyKind.REVIEW, DutyKind.RECHECK) or duty.notice_id is not None:
                    continue
                lateness = 7 if duty.id % 5 == 0 and duty.revision == 1 else -1
                if campaign_day(now) >= due_on(duty.due_at) + timedelta(days=lateness):
                    hand_in(tx, duty, [self.file], By("示例联络员", now), note=f"第{duty.revision}次")
            for row in views.list_duties(tx, now, campaign=campaign, states=("submitted",)):
                accept = row.id % 7 != 0 or tx.get_one(Duty, row.id).revision > 1
                review(tx, tx.get_one(Duty, row.id), By("示例审核员", now), accept=accept, reason="" if accept else "缺说明")
            for paper in views.notices_of(tx, campaign, states=("draft",)):
                sign_notice(tx, tx.get_one(Notice, paper.id), By(LEADER, now))

    def _gates(self, now: datetime) -> None:
        """A phase whose last day has gone and whose late work is in goes through its gate."""
        with self.house.store.begin() as tx:
            campaign = find_campaign(tx, self.slug)
            for phase in registry.phases_of(tx, campaign):
                if phase.state == "open" and phase.ends_on is not None and campaign_day(now) >= phase.ends_on + timedelta(days=1):
                    self._decide(tx, campaign, phase, now)

    def _decide(self, tx: Session, campaign: Campaign, phase: Phase, now: datetime) -> None:
        decision = ask_gate(tx, campaign, phase, now)
        allowed = decision.outcome_allowed
        if GateOutcome.PASS in allowed:
            decide_gate(tx, campaign, phase, GateOutcome.PASS, By(LEADER, now))
        elif GateOutcome.CARRY_OVER in allowed:
            decide_gate(tx, campaign, phase, GateOutcome.CARRY_OVER, By(LEADER, now))
        else:
            overrule_gate(tx, campaign, phase, By(leaders(tx, campaign)[0], now, "示例：材料另行补齐"))


def launch(house: House, file: Path, slug: str, now: str) -> None:
    """Check, fill blank leads and launch, by the commands."""
    checked = house.campaign("plan", "check", str(file), "--assume-lead", "示例办公室")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    launched = house.campaign("launch", str(file), "--slug", slug, "--rehearsal", "--now", now, "--as", LEADER, "--yes")
    assert launched.returncode == 0, launched.stdout + launched.stderr


def play_to_the_end(house: House, slug: str) -> Calendar:
    with house.store.read() as tx:
        phases = registry.phases_of(tx, find_campaign(tx, slug))
    first, last = min(phase.starts_on for phase in phases if phase.starts_on), max(phase.ends_on for phase in phases if phase.ends_on)
    calendar = Calendar(house, slug)
    calendar.play(first, last + timedelta(days=12))
    return calendar


def assert_it_ended_well(house: House, slug: str, calendar: Calendar) -> None:
    with house.store.read() as tx:
        campaign = find_campaign(tx, slug)
        phases = registry.phases_of(tx, campaign)
        states = Counter(row.state for row in views.list_duties(tx, datetime.now(CAMPAIGN_ZONE), campaign=campaign))
    assert [phase.state for phase in phases] == ["closed"] * len(phases)
    assert campaign.state == "finished"
    assert states[DutyState.ACCEPTED] > 10
    assert not set(states) & {DutyState.SUBMITTED}
    assert verify(house.store, receivers=house.home / "outbox.jsonl") == []
    shown = {run.name.split(" · ")[1] for run in calendar.runs if run.name.count(" · ") == 2}
    assert {phase.name for phase in phases} <= shown, "every phase was a run that the UI shows by its name"
    assert any("督办升级" in run.message for run in calendar.runs)
    assert any("送达" in run.message for run in calendar.runs)


@pytest.mark.parametrize(("name", "launched"), [("000-01", "2026-08-28T09:00"), ("001-06", "2026-05-06T09:00")])
def test_a_real_plan_runs_to_its_last_phase(house: House, tmp_path: Path, name: str, launched: str) -> None:
    gold = gold_file(name)
    if gold is None:
        pytest.skip("the annotated plans do not lie beside this checkout")
    file = tmp_path / f"{name}.yaml"
    file.write_text(to_yaml(spec_of(gold, year=2026)), "utf-8")
    launch(house, file, f"real-{name}", launched)
    assert_it_ended_well(house, f"real-{name}", play_to_the_end(house, f"real-{name}"))


def test_a_word_plan_goes_from_the_file_to_its_last_phase(house: House, tmp_path: Path) -> None:
    word = tmp_path / "方案.docx"
    write_word_plan(word)
    file = tmp_path / "plan.yaml"
    read = house.campaign("plan", "read", str(word), "--year", "2026", "--yaml", "-o", str(file))
    assert read.returncode == 0, read.stdout + read.stderr
    launch(house, file, "word", "2026-03-01T09:00")
    assert_it_ended_well(house, "word", play_to_the_end(house, "word"))


def write_word_plan(path: Path) -> None:
    """An invented community's plan, as an office would type it."""
    word = WordFile()
    for text in (
        "青榆街道创建卫生社区工作方案",
        "为改善辖区环境卫生，根据望澜区爱卫会《创建卫生社区工作意见》，结合街道实际，制定本方案。",
        "一、组织领导",
        "成立创建卫生社区工作领导小组，组长由街道办事处主任担任。领导小组下设办公室，办公室设在公共服务办。",
        "二、工作任务",
        "（一）清理背街小巷",
        "对辖区背街小巷逐条清理，建立清理台账，3月31日前完成。",
        "牵头单位：城市管理办",
        "责任单位：青榆社区、柏林社区",
        "（二）整治农贸市场",
        "划行归市，每周五报送整治情况。",
        "牵头单位：市场监管所",
        "责任单位：柏林社区",
        "（三）开展健康教育",
        "每月举办一次健康讲座，留存签到表和照片。",
        "牵头单位：公共服务办",
        "责任单位：青榆社区",
        "三、实施步骤",
        "（一）动员部署阶段（3月2日至3月8日）。召开动员会，明确责任分工。",
        "（二）集中整治阶段（3月9日至4月10日）。各责任单位对照任务逐项落实。",
        "（三）自查整改阶段（4月11日至4月20日）。开展自查，对发现的问题限期整改。",
        "（四）迎接验收阶段（4月21日至4月30日）。整理资料，迎接区爱卫会验收。",
        "四、工作要求",
        "（一）加强督查。领导小组办公室每周开展一次督查，对进展缓慢的单位予以通报。",
    ):
        word.paragraph(text)
    word.save(path)
