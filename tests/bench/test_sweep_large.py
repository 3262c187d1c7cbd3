"""The pass over a million open duties: against plain SQL, in memory, by rows, and what somebody waits who hands in while it runs.

Run: pytest tests/bench/test_sweep_large.py -m bench -s -k sqlite (or postgresql); CAMPAIGN_BENCH_DUTIES for fewer. The sweep runs in a process of
its own, as in production: its peak memory is its own, and whoever hands in beside it is another process to the database.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from campaign.errors import RetryLater
from campaign.records.campaigns import find_duty
from campaign.records.planning.ladders import store_ladder
from campaign.records.running import benching
from campaign.records.store import Store
from campaign.work.by import By
from campaign.work.duty.hand_in import hand_in
from campaign.work.rehearsal.bench import NOW, bench_sweep
from tests.world import LADDERS, file

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
LADDER = (LADDERS / "default.yaml").read_text("utf-8")
DUTIES = int(os.environ.get("CAMPAIGN_BENCH_DUTIES", 1_000_000))
SWEEP = """
import json, resource, sys, time
from campaign.records.store import Store
from campaign.work.rehearsal.bench import sweep_once
store = Store.open(url=sys.argv[1])
wall, cpu = time.perf_counter(), time.process_time()
done = sweep_once(store)
print(json.dumps({"done": done, "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu,
                  "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def sweeping(store: Store) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SWEEP, store.url.render_as_string(hide_password=False)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


def test_the_pass_against_plain_sql(store: Store) -> None:
    for duties, due in ((10_000, 1_000), (10_000, 10_000), (DUTIES, DUTIES // 100), (DUTIES, DUTIES // 10)):
        found = bench_sweep(store, duties, due, ladder=LADDER)
        print(f"{found}   {found['seconds'] / found['due'] * 1e6:.0f} µs a due row, plain {found['sql_seconds'] / found['due'] * 1e6:.0f}")


def test_memory_of_the_pass_and_handing_in_beside_it(store: Store) -> None:
    with store.begin() as tx:
        campaign = benching.fill(tx, ladder_id=store_ladder(tx, "bench", LADDER), duties=DUTIES, due=DUTIES // 10, now=NOW)
    with store.read() as tx:
        waits = tx.execute(text("SELECT id FROM duty WHERE campaign_id = :id AND id % 997 = 5 ORDER BY id"), {"id": campaign}).scalars().all()
    sweep, spent, refused = sweeping(store), [], 0
    for duty in waits:
        if sweep.poll() is not None:
            break
        began = time.perf_counter()
        try:
            with store.begin() as tx:
                hand_in(tx, find_duty(tx, duty), [file(f"材料{duty}")], By("联络员", NOW))
        except RetryLater:
            refused += 1
        spent.append(time.perf_counter() - began)
        time.sleep(0.05)
    told = json.loads(sweep.communicate()[0])
    ordered = sorted(spent)
    print(told, f"{told['cpu'] / told['done'] * 1e6:.0f} µs of CPU a due row")
    print(f"{len(spent)} handed in beside it, {refused} refused: median {ordered[len(ordered) // 2]:.3f} s, p95 {ordered[int(len(ordered) * 0.95)]:.3f} s, "
          f"most {ordered[-1]:.3f} s")  # fmt: skip
    assert told["peak_mb"] < 300
    assert refused == 0
