"""What a person can get wrong, and what a machine can do to them: one clear Chinese sentence, an exit code, and nothing half done."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign.records import store as records_store
from campaign.records.store import Store
from deployments.lock import only_one
from tests.integration.cli.conftest import Answer, Cli


def refused(answer: Answer, *words: str, code: int = 2) -> None:
    assert answer.code == code, answer.err or answer.out
    assert answer.out == ""
    assert answer.err.startswith("错误：")
    for word in words:
        assert word in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["status", "xx"], ["没有名为「xx」的创建活动", "是否要找：x"]),
        (["status", "试区创建卫生城区"], ["是否要找", "试区创建卫生城区方案"]),
        (["gate", "x", "验收"], ["没有阶段「验收」", "1 动员部署（a）"]),
        (["gate", "x", "rollout"], ["没有阶段「rollout」", "请用编号、key 或全名"]),
        (["gate", "x", "５"], ["没有阶段「5」"]),
        (["duty", "show", "9999"], ["没有应办事项「9999」", "编号从 1 到"]),
        (["duty", "show", "清理"], ["是否要找", "清理街面"]),
        (["waive", "0", "--reason", "x"], ["没有应办事项「0」"]),
        (["duties", "--unit", "东岸"], ["没有单位「东岸」", "东岸街道"]),
        (["notices", "show", "999"], ["没有编号或文号为「999」的文书"]),
        (["finding", "withdraw", "7", "--reason", "x"], ["没有问题「7」"]),
        (["finding", "add", "x", "不明单位", "积水"], ["没有单位「不明单位」"]),
        (["event", "x", "没有的事件"], ["正在等待的事件：专家反馈"]),
        (["units", "import", "没有.xlsx"], ["没有.xlsx"]),
        (["launch", "没有.yaml"], ["没有.yaml"]),
        (["package", "verify", "没有的目录"], ["没有的目录"]),
        (["duty", "show", "9" * 30], ["没有应办事项「9999", "编号从 1 到"]),
        (["duty", "show", "²"], ["没有应办事项「²」"]),
        (["notices", "show", "9" * 30], ["没有编号或文号为「9999"]),
        (["finding", "withdraw", "9" * 30, "--reason", "x"], ["没有问题「9999"]),
        (["request", "grant", "9" * 30], ["应是清单里的编号"]),
        (["suspension", "end", "abc"], ["「abc」应是清单里的编号"]),
        (["extend", "1", "--to", "9999-01-01", "--reason", "x"], ["--to 的年份应在 2000 至 2099 之间"]),
        (["phase", "shift", "x", "2", "--end", "9999-12-31", "--reason", "x"], ["年份应在 2000 至 2099 之间"]),
        (["status", "x", "--now", "9999-12-31T23:59"], ["--now 的年份应在 2000 至 2099 之间"]),
        (["status", "x", "--now", "0001-01-01"], ["--now 的年份应在"]),
        (["status", "x", "--now", "明天"], ["--now 的写法不对", "2026-09-01T08:30"]),
        (["status", "x", "--data", ""], ["没有写目录"]),
        (["bench", "sweep", "--duties", "9" * 12], ["超出允许的范围", "10000000"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) and value[0].isascii() else None,
)
def test_what_does_not_exist_is_named_and_the_nearest_is_offered(running: Cli, words: list[str], expected: list[str]) -> None:
    if words[0] in ("package", "bench"):
        running.at("")
    refused(running(*words), *expected)


def test_an_ambiguous_campaign_is_not_guessed(launched: Cli) -> None:
    launched.json("launch", "plan.yaml", "--slug", "y", "--rehearsal")
    refused(launched("status"), "有 2 个创建活动", "x（", "y（")
    refused(launched("status", "试区创建卫生城区方案"), "都叫", "请用代号（x、y）")


def test_an_ambiguous_phase_is_not_guessed(cli: Cli) -> None:
    text = Path("plan.yaml").read_text(encoding="utf-8").replace("name: 自查整改", "name: 全面推进")
    Path("plan.yaml").write_text(text, encoding="utf-8")
    cli.at("2026-03-02").json("launch", "plan.yaml", "--slug", "x", "--rehearsal")
    refused(cli("phase", "run", "x", "全面推进", "--local"), "有 2 个阶段都叫「全面推进」", "请用编号（2、3）")


def test_without_any_campaign_the_way_to_one_is_told(cli: Cli) -> None:
    refused(cli("status"), "还没有创建活动", "campaign launch")


def test_the_future_is_for_rehearsals_only(cli: Cli) -> None:
    start = datetime.now(UTC)
    later = (start + timedelta(days=2)).isoformat()
    refused(cli("launch", "plan.yaml", "--slug", "x", "--now", later), "不是演练", "--rehearsal")
    assert cli.json("campaigns") == []
    cli.json("launch", "plan.yaml", "--slug", "x")
    for words in (["status", "x"], ["phase", "run", "x", "1", "--local"], ["sweep", "--campaign", "x"], ["waive", "1", "--reason", "x"]):
        refused(cli(*words, "--now", later), "「试区创建卫生城区方案」不是演练")
    refused(cli("sweep", "--now", later), "用 --campaign 指定")
    refused(cli("units", "import", "units.csv", "--now", later), "晚于现在")


def test_a_pass_for_a_closed_phase_says_how_to_open_it_again(running: Cli) -> None:
    running.json("gate", "x", "a", "--overrule", "--reason", "特批", "--as", "甲子")
    for words in (["--local"], []):
        refused(running("phase", "run", "x", "a", *words), "阶段「动员部署」已关闭", "campaign phase reopen x")


def test_only_a_leader_may_overrule_and_only_with_a_reason(running: Cli) -> None:
    refused(running("gate", "x", "b", "--overrule", "--reason", "特批", "--as", "申一"), "只有领导小组负责人", "甲子")
    refused(running("gate", "x", "b", "--overrule", "--as", "甲子"), "--reason")
    refused(running("gate", "x", "b", "--pass"), "还不能「通过」", "清理街面")


@pytest.mark.parametrize("command", ["waive", "cancel", "suspend"])
def test_a_change_without_a_reason_is_refused(running: Cli, command: str) -> None:
    refused(running(command, str(running.duty(origin="item:street/perform/unit:U3")["id"])), "--reason")


def test_an_extension_must_be_later(running: Cli) -> None:
    duty = str(running.duty(origin="item:street/perform/unit:U3")["id"])
    refused(running("extend", duty, "--to", "2026-03-13", "--reason", "x"), "晚于现期限")
    refused(running("extend", duty, "--to", "下周", "--reason", "x"), "2026-09-30")


def test_whoever_handed_in_cannot_review(running: Cli) -> None:
    duty = str(running.duty(origin="item:street/perform/unit:U3")["id"])
    running.by("酉二")("submit", duty, "--note", "已办理")
    refused(running("review", duty, "--accept", "--as", "酉二"), "不能审核自己报送的材料")
    refused(running("review", duty), "--accept 或 --return")
    running.by("申二")("review", duty, "--accept")
    refused(running("review", duty, "--return", "晚了", "--as", "申三"), "申二 已对第1版作出「通过」的意见")


def test_what_cannot_be_handed_in_says_why(running: Cli) -> None:
    waiting = str(running.duty(origin="item:experts/perform/unit:U2")["id"])
    refused(running("submit", waiting, "--note", "已办理"), "还没有开始")
    material = str(running.duty(origin="item:street/material:1/unit:U3")["id"])
    refused(running("submit", material), "没有要报送的内容")
    refused(running("submit", material, "--note", "无附件"), "附上至少一个文件")
    refused(running("submit", material, "没有.txt"), "没有.txt")
    Path("空.txt").touch()
    refused(running("submit", material, "空.txt"), "空文件")
    assert running.json("duty", "show", material)["submissions"] == []


def test_a_machine_does_not_sign(running: Cli) -> None:
    letter = str(running.duty(kind="sign", title="责任书")["id"])
    refused(running("sign", letter, "台账.txt", "--as", "clock"), "签字须由本人进行")
    refused(running("sign", str(running.duty(origin="item:street/perform/unit:U3")["id"])), "不是签字事项")


def test_prefect_down_says_its_address_and_how_to_start_it(running: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_PREFECT_API_URL", "http://127.0.0.1:9/api")
    answer = running("phase", "run", "x", "b")
    refused(answer, "连不上 Prefect（http://127.0.0.1:9）", "campaign up", "--local", code=3)
    assert running.json("phase", "run", "x", "b", "--local")["pass"]


def test_a_locked_database_is_waited_for_then_told(running: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_store, "BUSY_SECONDS", 0.2)
    holder = sqlite3.connect(running.home / "campaign.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        refused(running("sweep", "--campaign", "x"), "数据库正忙", "没有任何改动", code=3)
        assert running("status", "x").code == 0, "a look does not wait for a writer"
    finally:
        holder.close()
    assert running("sweep", "--campaign", "x").code == 0


def test_a_full_disk_under_the_files_leaves_no_version(running: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    material = str(running.duty(origin="item:street/material:1/unit:U3")["id"])

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        refused(running("submit", material, "台账.txt"), "磁盘")
    assert running.json("duty", "show", material)["submissions"] == []
    assert not [path for path in (running.home / "evidence").rglob("*") if path.is_file()]
    assert running.json("submit", material, "台账.txt")["version"] == 1


def test_a_full_disk_under_the_database_changes_nothing(running: Cli) -> None:
    duty = str(running.duty(origin="item:street/perform/unit:U3")["id"])
    size = (running.home / "campaign.db").stat().st_size
    from sqlalchemy import event

    def no_more(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {size // 4096}")

    from sqlalchemy.pool import Pool

    event.listen(Pool, "connect", no_more)
    try:
        answer = running("submit", duty, "--note", "办" * 60_000)
    finally:
        event.remove(Pool, "connect", no_more)
    refused(answer, "磁盘")
    assert running.json("duty", "show", duty)["state"] == "open"


def test_a_damaged_database_is_left_alone(running: Cli) -> None:
    path = running.home / "campaign.db"
    path.write_bytes(b"not a database at all" * 100)
    refused(running("status", "x"), "已损坏", "备份")
    assert path.read_bytes().startswith(b"not a database")


def test_a_folder_that_cannot_be_made_is_told(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("x", encoding="utf-8")
    refused(cli("campaigns", "--data", str(tmp_path / "文件" / "里面")), "数据目录")


def test_full_width_digits_are_taken_as_digits(running: Cli) -> None:
    assert running.json("gate", "x", "１")["phase"] == running.json("gate", "x", "1")["phase"]
    assert running.json("duty", "show", "１")["id"] == 1


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://a/b",
        "postgresql://u:geheim@[::1/x",
        "postgresql://u:geheim@h:abc/x",
        "postgresql://127.0.0.1",
        "postgresql+psycopg2://h/x",
        "sqlite://",
    ],
)
def test_an_address_that_is_no_database_of_ours_says_how_to_write_it(running: Cli, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CAMPAIGN_DATABASE_URL", url)
    answer = running("status", "x")
    refused(answer, "CAMPAIGN_DATABASE_URL", "postgresql://user:password@host:5432/campaign")
    assert "geheim" not in answer.err


def test_a_database_server_that_is_not_there_is_worth_another_try(running: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_DATABASE_URL", "postgresql://u:geheim@127.0.0.1:9/x")
    answer = running("status", "x")
    refused(answer, "连不上数据库 127.0.0.1/x", "CAMPAIGN_DATABASE_URL", code=3)
    assert "geheim" not in answer.err


@pytest.mark.postgres
@pytest.mark.parametrize(("database", "user"), [("no_such_database", None), (None, "nobody_of_ours")], ids=["database", "user"])
def test_a_database_that_the_server_does_not_open_is_no_matter_of_waiting(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, postgres_store: Store, database: str | None, user: str | None
) -> None:
    monkeypatch.setenv("CAMPAIGN_DATABASE_URL", postgres_store.url.set(database=database, username=user).render_as_string(hide_password=False))
    refused(cli("campaigns"), "没有打开库", "用户名、口令和库名")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["plan", "workbook", "plan.yaml", "-o", "表.xlsx"], "表.xlsx"),
        (["ics", "x", "-o", "历.ics"], "历.ics"),
    ],
    ids=["workbook", "calendar"],
)
def test_a_full_disk_leaves_no_half_written_file(running: Cli, monkeypatch: pytest.MonkeyPatch, words: list[str], name: str) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = set(Path().iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        refused(running.at("")(*words) if words[0] != "ics" else running(*words), "磁盘已满", name)
    assert set(Path().iterdir()) == before


def test_a_folder_that_nobody_may_write_into_keeps_up_from_starting(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    from deployments import up

    (cli.home / "up.lock").mkdir()  # what a folder without permission answers, also to root
    assert up.main(["--data", str(cli.home)]) == 1
    told = capsys.readouterr()
    assert "不能启动" in told.err + told.out
    assert "up.lock" in told.err + told.out


def test_a_second_up_on_the_folder_is_refused(cli: Cli, tmp_path: Path) -> None:
    with only_one(cli.home):
        done = subprocess.run([sys.executable, "-m", "campaign.cli", "up", "--data", str(cli.home)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode != 0
    assert "已由另一个 campaign up 使用" in done.stderr


def test_a_missing_actor_is_asked_for(running: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAMPAIGN_ACTOR")
    refused(running("sweep", "--campaign", "x"), "--as")
    assert running("gate", "x", "b").code == 0, "a look needs nobody"
    refused(running("gate", "x", "b", "--hold", "--reason", "x"), "--as")


def test_the_first_command_makes_the_database(cli: Cli) -> None:
    shutil.rmtree(cli.home)
    assert cli.json("campaigns") == []
    assert (cli.home / "campaign.db").is_file()
