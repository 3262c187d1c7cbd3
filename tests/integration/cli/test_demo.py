"""The sample campaign gives the first picture something of everything, whatever the calendar of its twenty days."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import config
from campaign.notices.channels.file import read_sendings
from campaign.plan.yaml_file import load_plan
from campaign.records.store import Store
from campaign.work.people.roll_file import read_roll
from campaign.work.rehearsal.demo import SLUG, Sample, file_only, play_sample
from campaign.work.running.services import evidence_of, way_out
from campaign.work.upkeep.verify import verify
from config.settings import load_settings
from tests.integration.cli.conftest import Cli

ROOM = Path(config.__file__).parent
ZONE = ZoneInfo("Asia/Shanghai")


def sample() -> Sample:
    roll = ROOM / "campaigns" / f"{SLUG}-units.csv"
    return Sample(load_plan(ROOM / "campaigns" / f"{SLUG}.yaml").spec, read_roll(roll), roll, ROOM / "ladders")


def play(cli: Cli, now: datetime, **options: object) -> bool:
    settings = load_settings(home=cli.home)
    store = Store.open(cli.home)
    with way_out(settings) as services:
        played = play_sample(store, sample(), evidence_of(settings), file_only(services), now, **options)  # type: ignore[arg-type]  # keywords of the call
    store.close()
    return played


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 6, 11, 10, 30, tzinfo=ZONE),
        pytest.param(datetime(2026, 2, 27, 0, 5, tzinfo=ZONE), id="after the Spring Festival"),
        pytest.param(datetime(2026, 10, 10, 18, 0, tzinfo=ZONE), id="after the National Day"),
        pytest.param(datetime(2026, 5, 3, 12, 0, tzinfo=ZONE), id="on a holiday"),
    ],
)
@pytest.mark.slow
def test_the_first_picture_has_something_of_everything(cli: Cli, now: datetime) -> None:
    assert play(cli, now)
    cli.at(now.isoformat())
    phases = cli.json("status", SLUG)["phases"]
    assert [phase["state"] for phase in phases][:2] == ["closed", "open"]
    assert [phase["state"] for phase in phases][3:] == ["planned", "planned"]
    for light in ("red", "yellow", "green", "grey"):
        assert sum(phase["lights"][light] for phase in phases), light
    states = {row["state"] for row in cli.json("duties", "--campaign", SLUG)}
    assert {"open", "submitted", "accepted", "returned", "waiting"} <= states
    assert cli.json("notices", "list", "--campaign", SLUG, "--state", "draft")
    assert {"rectifying", "closed"} <= {row["state"] for row in cli.json("finding", "list", SLUG)}
    sent = list(read_sendings(cli.home / "outbox.jsonl"))
    assert sent
    assert not any(one["live"] for one in sent), "nobody outside is told of an invented campaign"
    store = Store.open(cli.home)
    assert verify(store, receivers=cli.home / "outbox.jsonl") == []
    store.close()


@pytest.mark.slow
def test_an_interrupted_start_goes_on_and_a_finished_one_is_left_alone(cli: Cli) -> None:
    now = datetime(2026, 6, 11, 10, 30, tzinfo=ZONE)

    def stop(day: int, total: int) -> None:
        if day == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(cli, now, on_day=stop)
    assert play(cli, now)
    cli.at(now.isoformat())
    first = cli.json("duties", "--campaign", SLUG)
    assert not play(cli, datetime(2026, 6, 15, 10, 0, tzinfo=ZONE))
    assert cli.json("duties", "--campaign", SLUG) == first
    assert cli.at("").json("verify") == {"violations": []}


def test_a_campaign_of_the_same_slug_that_somebody_launched_is_not_touched(cli: Cli) -> None:
    cli.json("launch", str(ROOM / "campaigns" / f"{SLUG}.yaml"), "--slug", SLUG)
    assert not play(cli, datetime.now(UTC))
    assert {row["state"] for row in cli.json("duties", "--campaign", SLUG)} == {"waiting"}


def test_the_command_takes_no_other_time(cli: Cli) -> None:
    assert cli("demo", "--now", "2026-06-01").code == 2
