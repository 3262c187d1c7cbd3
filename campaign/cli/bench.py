"""`campaign bench sweep`: the sweep's speed beside the same effect as plain SQL. Measures on a database of its own, never on real records."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign.cli.options import Folder, as_json
from campaign.cli.output import emit_json, progress, say

if TYPE_CHECKING:
    from campaign.records.store import Store


@click.command()
@click.option("--duties", type=click.IntRange(1, 10_000_000), default=100_000, show_default=True, metavar="项数", help="造多少项应办事项。")
@click.option("--due", type=click.IntRange(1, 10_000_000), default=10_000, show_default=True, metavar="项数", help="其中多少项到期。")
@click.option("--data", "data_dir", metavar="目录", type=Folder(), help="在这个空的数据目录里测；不给则用临时目录。")
@as_json
def sweep(duties: int, due: int, data_dir: Path | None, json_: bool) -> None:
    """测督办巡检的速度：与直接用 SQL 做同样的事相比，三次取中。

    设置了 CAMPAIGN_DATABASE_URL 时在那个库里测，它必须是空的；测完还原为空。

    例：campaign bench sweep --duties 100000 --due 10000 --json
    """
    import config
    from campaign.work.rehearsal.bench import bench_sweep

    ladder = (Path(config.__file__).parent / "ladders" / "default.yaml").read_text(encoding="utf-8")
    with _empty_store(data_dir) as store, progress("正在测速…"):
        measured = bench_sweep(store, duties, due, ladder=ladder)
    if json_:
        emit_json(measured)
        return
    say(f"{duties} 项中 {measured['due']} 项到期：{measured['seconds']} 秒；直接用 SQL {measured['sql_seconds']} 秒；比值 {measured['ratio']}。")


@contextmanager
def _empty_store(data_dir: Path | None) -> Iterator[Store]:
    from campaign.records.store import Store
    from config.settings import load_settings

    settings = load_settings(home=data_dir)
    with tempfile.TemporaryDirectory() as aside:
        store = Store.open(settings.data_dir if data_dir is not None else Path(aside), settings.database_url)
        try:
            yield store
        finally:
            store.close()
