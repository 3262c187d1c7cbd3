"""What a user sees when a command cannot do what was asked, and the exit code.

Owns the codes: 0 done, 1 the answer is no (a check found errors), 2 refused or used wrongly, 3 try again later, 70 a defect of ours,
130 stopped with Ctrl-C. Each case is one Chinese sentence on stderr with the next step. Refuses to show a stack trace unless
CAMPAIGN_DEBUG=1; a defect's details go to a log file, whose place is named. Errors of the database are known by their class names,
because importing the drivers here would cost every command their start-up.
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from campaign.disk import why
from campaign.errors import CampaignError, RetryLater

DONE, ANSWER_IS_NO, REFUSED, LATER, DEFECT, STOPPED = 0, 1, 2, 3, 70, 130


def guarded(call: Callable[[], object]) -> int:
    """Run `call` and return the exit code; everything that goes wrong is said on stderr."""
    try:
        result = call()
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return _say("已中断，没有做完的部分没有保存。", STOPPED)
    except click.exceptions.NoArgsIsHelpError as bare:
        click.echo(bare.format_message())
        return REFUSED
    except click.UsageError as wrong:
        return _say(usage_sentence(wrong), REFUSED)
    except click.ClickException as wrong:
        return _say(wrong.format_message(), REFUSED)
    except BrokenPipeError:
        # The reader of the pipe went away (`| head`): nothing to report, and Python must not complain at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else DONE
    except Exception as error:  # the edge: a user must not meet a stack trace
        if os.environ.get("CAMPAIGN_DEBUG") == "1":
            traceback.print_exc()
        code, sentence = explain(error)
        return _say(sentence, code)
    # With standalone_mode off, click hands back the code of ctx.exit().
    return result if isinstance(result, int) and not isinstance(result, bool) else DONE


def usage_sentence(wrong: click.UsageError) -> str:
    message = wrong.format_message().strip().rstrip(".。").replace("。 ", "，").replace(" 「", "「")
    where = wrong.ctx.command_path if wrong.ctx is not None else "campaign"
    return f"{message}{'' if message.endswith('？') else '。'}用法见 {where} --help"


def explain(error: BaseException) -> tuple[int, str]:
    """The exit code and the sentence for an exception."""
    if isinstance(error, RetryLater):
        return LATER, error.message
    if isinstance(error, CampaignError):
        return REFUSED, error.message
    chain = _chain(error)
    for link in chain:
        known = _explain_database(link) or _explain_system(link)
        if known:
            return known
    return DEFECT, f"程序出了意外（{type(error).__name__}），这次操作没有完成；详情已记入 {_log(error)}，请连同它反馈给维护人员"


def _chain(error: BaseException) -> list[BaseException]:
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links:
        links.append(link)
        link = link.__cause__ or link.__context__
    return links


def _explain_database(error: BaseException) -> tuple[int, str] | None:
    names = {cls.__name__ for cls in type(error).__mro__}
    if not names & {"OperationalError", "DatabaseError", "InterfaceError"}:
        return None
    text = str(error).lower()
    if "locked" in text or "busy" in text:
        return LATER, "数据库正被另一个操作占用：本次没有改动任何内容，请稍后重试"
    if "disk is full" in text or "disk full" in text:
        return REFUSED, "磁盘已满：本次没有改动任何内容，请清出空间后重试"
    if "readonly" in text or "read-only" in text:
        return REFUSED, "数据库是只读的：请检查数据目录的写权限"
    if "unable to open" in text:
        return REFUSED, "打不开数据库：请检查数据目录是否存在、有没有权限（--data 或 CAMPAIGN_HOME）"
    if "malformed" in text or "not a database" in text:
        return REFUSED, "数据库文件已损坏或不是数据库：请用最近的备份恢复"
    if any(words in text for words in ("connection", "connect", "timeout", "password", "server closed")):
        return LATER, "连不上数据库：请检查 CAMPAIGN_DATABASE_URL 和数据库服务，本次没有改动任何内容"
    return None


def _explain_system(error: BaseException) -> tuple[int, str] | None:
    if isinstance(error, MemoryError):
        return REFUSED, "内存不足：请关闭其他程序或换更小的文件后重试"
    if not isinstance(error, OSError):
        return None
    name = str(error.filename) if error.filename is not None else ""
    at = f"：{name}" if name else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return REFUSED, f"磁盘已满{at}。请清出空间后重试"
    if isinstance(error, FileNotFoundError):
        return REFUSED, f"找不到文件{at}。请检查路径"
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return REFUSED, f"没有权限读写{at}。请检查文件权限"
    if isinstance(error, IsADirectoryError):
        return REFUSED, f"这是文件夹，不是文件{at}"
    if isinstance(error, NotADirectoryError | FileExistsError):
        return REFUSED, f"路径上已有同名文件{at}。请换一个路径"
    if isinstance(error, ConnectionError | TimeoutError):
        return LATER, f"连接失败{at}。请检查网络和服务地址后重试"
    return REFUSED, f"系统拒绝了这次读写{at}（{why(error)}）。请检查磁盘和权限"


def _log(error: BaseException) -> Path:
    """Append the stack trace to a file of the user's; the temporary folder if the data folder cannot be written."""
    text = f"{datetime.now(UTC).isoformat()} {' '.join(sys.argv)}\n{''.join(traceback.format_exception(error))}\n"
    for folder in (_log_folder(), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / "campaign-errors.log"
            with path.open("a", encoding="utf-8") as log:
                log.write(text)
        except OSError:
            continue
        return path
    return Path(os.devnull)


def _log_folder() -> Path:
    home = os.environ.get("CAMPAIGN_HOME")
    return Path(home) / "logs" if home else Path(tempfile.gettempdir())


def _say(sentence: str, code: int) -> int:
    click.echo(sentence if code == STOPPED else f"错误：{sentence}", err=True)
    return code
