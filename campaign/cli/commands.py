"""The table of all commands: path, where its code is, one line of help.

Owns the list that `campaign --help` prints, so that help imports no command. To add a command, add one line here; its code is a
`click.Command` named after the colon, built with the decorators of `options.py`. A path of two words makes a sub-command, and its
group needs a line in GROUPS. Refuses code: everything here is a literal.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    target: str
    help: str


GROUPS: dict[str, str] = {
    "plan": "方案:检查、读取、任务分解表",
}

COMMANDS: dict[str, Entry] = {
    "plan read": Entry("campaign.cli.plan_read:read", "读取方案(Word、WPS、PDF、Excel、文本),审阅或写成 YAML"),
    "plan workbook": Entry("campaign.cli.plan_workbook:workbook", "任务分解表与征求意见表:写出、读回、汇总"),
    "plan check": Entry("campaign.cli.plan_check:check", "检查方案能否启动,逐条列出问题和行号"),
}
