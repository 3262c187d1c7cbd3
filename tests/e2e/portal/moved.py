"""The product's own portal, runner and clock, in a time that a file names: `python -m tests.e2e.portal.moved portal|runner FILE …`.

Only the reading of the clock is replaced, at the three edges where the product reads it. So a week of real campaign, launched on the portal
and worked by Prefect runs that the product's clock starts, passes in minutes. Time stands still until the test writes another one.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any


class NamedTime:
    """Stands where a module has its `datetime`; only `now` is asked of it there."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def now(self, zone: tzinfo = UTC) -> datetime:
        return datetime.fromisoformat(self.file.read_text(encoding="utf-8").strip()).astimezone(zone)


def portal(time: NamedTime, arguments: list[str]) -> int:
    from dataclasses import replace

    from campaign.portal import __main__ as edge

    place_from = edge.place_from
    edge.place_from = lambda settings, host: replace(place_from(settings, host), clock=time.now)
    return edge.main(arguments)


def runner(time: NamedTime, arguments: list[str]) -> int:
    """The clock looks every second of the real day, as the named time does not go by itself."""
    import deployments.timekeeper as timekeeper
    import flows._names as names
    import flows._spine as spine
    from deployments import runner_child

    arm = timekeeper.Timekeeper._arm
    changed: dict[Any, dict[str, Any]] = {
        spine: {"datetime": time},
        names: {"datetime": time},
        timekeeper: {"utc_now": time.now},
        timekeeper.Timekeeper: {"_arm": lambda keeper, at: arm(keeper, datetime.now(UTC) + timedelta(seconds=1)), "start": _start},
    }
    for where, names_and_values in changed.items():
        for name, value in names_and_values.items():
            setattr(where, name, value)
    sys.argv = ["runner", *arguments]
    runner_child.main()
    return 0


def _start(keeper: Any) -> None:
    """As the product's own, but the pulse begins now and not at the named time."""
    keeper._jobs.add_job(keeper._pulse, "interval", seconds=20, id="pulse", next_run_time=datetime.now(UTC))
    keeper._jobs.add_job(keeper._seal_events, "interval", seconds=10, id="seal")
    keeper._arm(datetime.now(UTC))
    keeper._jobs.start()


if __name__ == "__main__":
    what, file, *rest = sys.argv[1:]
    sys.exit({"portal": portal, "runner": runner}[what](NamedTime(Path(file)), rest))
