"""The command line answers in Chinese, quickly, and leaves with the code that scripts rely on."""

from __future__ import annotations

import ast
import errno
import json
import pathlib
import sqlite3
import subprocess
import sys

import click
import pytest

from campaign.cli import errors, main
from campaign.cli.commands import COMMANDS, GROUPS
from campaign.cli.zh import MESSAGES
from campaign.errors import CampaignError, NotFound, RetryLater

HEAVY = ("prefect", "sqlmodel", "sqlalchemy", "pydantic_settings", "rich", "httpx", "mammoth", "openpyxl")


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as leaving:
        main.run(list(words))
    printed = capsys.readouterr()
    assert isinstance(leaving.value.code, int)
    return leaving.value.code, printed.out, printed.err


def modules_after(*words: str) -> tuple[int, set[str]]:
    program = (
        "import sys, json\n"
        "from campaign.cli.main import run\n"
        "try:\n    run(sys.argv[1:])\n"
        "except SystemExit as leaving:\n    print('\\n@@' + json.dumps([leaving.code, sorted(sys.modules)]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    code, modules = json.loads(done.stdout.rpartition("@@")[2])
    return code, set(modules)


@pytest.mark.parametrize("words", [["--help"], ["plan", "--help"]], ids=" ".join)
def test_help_imports_no_command_and_nothing_heavy(words: list[str]) -> None:
    code, modules = modules_after(*words)
    assert code == 0
    assert not modules & {*HEAVY, "pydantic"}
    targets = {entry.target.partition(":")[0] for entry in COMMANDS.values()}
    assert not modules & targets


def test_every_registered_command_exists_and_has_chinese_help() -> None:
    for path, entry in COMMANDS.items():
        command = main.load(path)
        assert command.help, path
        assert any("\u4e00" <= letter <= "\u9fff" for letter in entry.help), path
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert parameter.help, f"{path} {parameter.opts}"


def test_every_group_of_the_table_has_a_help_line() -> None:
    assert {path.rpartition(" ")[0] for path in COMMANDS if " " in path} <= set(GROUPS)


def test_help_uses_no_english_words_of_click(capsys: pytest.CaptureFixture[str]) -> None:
    for words in [["--help"], *([*path.split(), "--help"] for path in COMMANDS)]:
        code, out, _ = ask(capsys, *words)
        assert code == 0
        for english in ("Usage", "Options", "Commands", "Show this", "OPTIONS", "ARGS", "required", "default:"):
            assert english not in out, f"{words}: {english}"


def test_every_message_that_click_can_show_a_user_is_translated() -> None:
    for_developers = (
        "DeprecationWarning",
        "Could not determine name",
        "No options defined",
        "Arguments take exactly",
        "Name '",
        "Boolean option",
        "Unknown",
        "Windows",
        "Couldn't detect Bash",
        "Shell completion",
        "Choice(",
    )
    asked = set()
    for source in pathlib.Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                asked |= {str(word.value) for word in node.args if isinstance(word, ast.Constant)}
    assert {message for message in asked if not message.startswith(for_developers)} <= set(MESSAGES)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["plan", "chek"], "没有命令 chek，是不是「check」？用法见"),
        (["plan", "check"], "缺少参数「PLAN.yaml」。"),
        (["plan", "check", "--nonsense", "x"], "没有选项 --nonsense"),
        (["plan", "check", "--assume-leed", "x"], "没有选项 --assume-leed，是不是「--assume-lead」？"),
        (["rehearse", "x", "--profile", "on"], "「--profile」的取值不对：「on」不可用，可选：「on-time」「mixed」「late」「silent」。"),
        (["calendar", "set"], "缺少选项「--from」。"),
    ],
    ids=["unknown command", "missing argument", "unknown option", "near option", "no such choice", "missing option"],
)
def test_wrong_use_is_one_chinese_sentence_with_the_way_to_help(capsys: pytest.CaptureFixture[str], words: list[str], expected: str) -> None:
    code, out, err = ask(capsys, *words)
    assert (code, out) == (2, "")
    assert expected in err
    assert "--help" in err
    assert not {"'", '"'} & set(err), "Chinese quotes only"
    assert err.count("\n") == 1


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(capsys, "--version")
    assert code == 0
    assert out.startswith("campaign")


class OperationalError(Exception):
    """Named like the class of the drivers, which the command line knows by name."""


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (CampaignError("阶段已关闭：重新打开该阶段"), 2, "阶段已关闭"),
        (NotFound("没有这个阶段"), 2, "没有这个阶段"),
        (RetryLater("Prefect 没有应答"), 3, "Prefect 没有应答"),
        (sqlite3.OperationalError("database is locked"), 3, "稍后重试"),
        (sqlite3.OperationalError("database or disk is full"), 2, "磁盘已满"),
        (sqlite3.DatabaseError("file is not a database"), 2, "备份"),
        (OperationalError("connection to server failed"), 3, "连不上数据库"),
        (OSError(errno.ENOSPC, "No space left"), 2, "磁盘已满"),
        (FileNotFoundError(errno.ENOENT, "none", "方案.yaml"), 2, "方案.yaml"),
        (PermissionError(errno.EACCES, "no", "a"), 2, "没有权限"),
        (IsADirectoryError(errno.EISDIR, "dir", "a"), 2, "文件夹"),
        (OSError(errno.EIO, "I/O error"), 2, "磁盘"),
        (MemoryError(), 2, "内存不足"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_each_kind_of_trouble_has_its_sentence_and_code(error: Exception, code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise error

    assert errors.guarded(fail) == code
    err = capsys.readouterr().err
    assert words in err
    assert err.startswith("错误：")
    assert err.count("\n") == 1


def test_a_cause_inside_another_error_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        try:
            raise sqlite3.OperationalError("database is locked")
        except sqlite3.OperationalError as locked:
            raise RuntimeError("wrapped") from locked

    assert errors.guarded(fail) == 3


def test_a_defect_names_its_log_and_shows_no_stack_trace(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path))
    monkeypatch.delenv("CAMPAIGN_DEBUG", raising=False)

    def fail() -> None:
        raise ZeroDivisionError("inner detail")

    assert errors.guarded(fail) == 70
    err = capsys.readouterr().err
    log = tmp_path / "logs" / "campaign-errors.log"
    assert str(log) in err
    assert "Traceback" not in err
    assert "inner detail" in log.read_text(encoding="utf-8")


def test_a_stack_trace_is_shown_when_debugging(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path))
    monkeypatch.setenv("CAMPAIGN_DEBUG", "1")

    def fail() -> None:
        raise ZeroDivisionError("inner detail")

    assert errors.guarded(fail) == 70
    assert "Traceback" in capsys.readouterr().err


def test_stopping_with_ctrl_c_is_no_error_message(capsys: pytest.CaptureFixture[str]) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    assert errors.guarded(stop) == 130
    assert "已中断" in capsys.readouterr().err
