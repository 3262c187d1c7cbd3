"""Click's own words in Chinese.

Owns the table of click's messages. Click asks gettext for each of them under a module-level name `_`; gettext itself would need
compiled catalogues and a LANGUAGE variable in the user's environment, so `speak_chinese` puts the look-up into click's modules instead.
Columns are counted as a terminal shows them: a Chinese character is two wide.
A test reads click's sources and fails when a message that a user can meet is missing here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from unicodedata import east_asian_width

import click
from click import exceptions, formatting

MESSAGES: dict[str, str] = {
    "Usage:": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Show this message and exit.": "显示这段帮助后退出。",
    "Show the version and exit.": "显示版本后退出。",
    "%(prog)s, version %(version)s": "%(prog)s 版本 %(version)s",
    "Error: {message}": "错误：{message}",
    "Try '{command} {option}' for help.": "查看帮助：{command} {option}",
    "Aborted!": "已取消。",
    "deprecated": "已停用",
    "required": "必填",
    "env var: {var}": "环境变量：{var}",
    "default: {default}": "默认：{default}",
    "(dynamic)": "（运行时决定）",
    "d": "天",
    "Missing command.": "没有给出命令",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing parameter: {param_name}": "缺少参数：{param_name}",
    "Missing {param_type}": "缺少{param_type}",
    "No such option {name!r}.": "没有选项 {name}。",
    "No such command {name!r}.": "没有命令 {name}。",
    "Did you mean {possibility}?": "是不是{possibility}？",
    "(Did you mean one of: {possibilities}?)": "是不是其中之一：{possibilities}？",
    "Invalid value: {message}": "取值不对：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint}的取值不对：{message}",
    "Got unexpected extra argument ({args})": "多出了参数（{args}）",
    "Got unexpected extra arguments ({args})": "多出了参数（{args}）",
    "Invalid start character for option ({option})": "选项的写法不对（{option}）",
    "Option {name!r} does not take a value.": "选项 {name} 不带取值。",
    "Option {name!r} requires an argument.": "选项 {name} 需要一个取值。",
    "Option {name!r} requires {nargs} arguments.": "选项 {name} 需要 {nargs} 个取值。",
    "Argument {name!r} takes {nargs} values.": "参数 {name} 需要 {nargs} 个取值。",
    "Takes {nargs} values but 1 was given.": "需要 {nargs} 个取值，只给了 1 个。",
    "Takes {nargs} values but {len} were given.": "需要 {nargs} 个取值，给了 {len} 个。",
    "{len_type} values are required, but {len_value} was given.": "需要 {len_type} 个取值，给了 {len_value} 个。",
    "{len_type} values are required, but {len_value} were given.": "需要 {len_type} 个取值，给了 {len_value} 个。",
    "Value must be an iterable.": "应给出多个取值。",
    "Choose from:\n\t{choices}": "可选：{choices}",
    "{value!r} is not {choice}.": "「{value}」不可用，只能是{choice}。",
    "{value!r} is not one of {choices}.": "「{value}」不可用，可选：{choices}。",
    "{value!r} does not match the format {format}.": "「{value}」应写成 {format}。",
    "{value!r} does not match the formats {formats}.": "「{value}」应写成其中之一：{formats}。",
    "{value} is not in the range {range}.": "{value} 超出允许的范围（{range}，x 为所填的数）。",
    "{value!r} is not a valid {number_type}.": "「{value}」应写成整数，如 12。",
    "{value!r} is not a valid boolean. Recognized values: {states}": "「{value}」不是是否值，可写：{states}",
    "{value!r} is not a valid UUID.": "「{value}」不是有效的 UUID。",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
    "{name} {filename!r} is a file.": "{filename} 是文件，这里要文件夹。",
    "{name} {filename!r} is a directory.": "{filename} 是文件夹，这里要文件。",
    "{name} {filename!r} is not readable.": "{name} {filename} 无权读取。",
    "{name} {filename!r} is not writable.": "{name} {filename} 无权写入。",
    "{name} {filename!r} is not executable.": "{name} {filename} 无权执行。",
    "{name} {filename!r} does not exist.": "{name} {filename} 不存在。",
    "Could not open file {filename!r}: {message}": "打不开文件 {filename}：{message}",
    "unknown error": "原因不明",
    "Do you want to continue?": "是否继续？",
    "Confirm the action without prompting.": "不再询问，直接执行。",
    "Repeat for confirmation": "再输一次",
    "Error: The two entered values do not match.": "错误：两次输入不一致。",
    "Error: invalid input": "错误：输入不对",
    "Press any key to continue...": "按任意键继续…",
    "{editor}: Editing failed": "{editor}：编辑失败",
    "{editor}: Editing failed: {e}": "{editor}：编辑失败：{e}",
}


def translate(message: str) -> str:
    return MESSAGES.get(message, message)


def translate_plural(singular: str, plural: str, count: int) -> str:
    return translate(singular if count == 1 else plural)


def shown_width(text: str) -> int:
    """How many columns a terminal takes for it."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in click.unstyle(text))


class ChineseFormatter(click.HelpFormatter):
    """Headings with full-width colons."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, translate("Usage:"))

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading}：\n")


def quoted(words: Iterable[object]) -> str:
    """「甲」「乙」: what stands in quotes needs nothing between."""
    return "".join(f"「{word}」" for word in words)


def _possibilities(names: list[str]) -> str:
    said = quoted(sorted(names))
    return translate_plural("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", len(names)).format(possibility=said, possibilities=said)


def _no_choice(choice: click.Choice[object], value: object, ctx: click.Context | None) -> str:
    said = quoted(choice._normalized_mapping(ctx=ctx).values())
    return translate_plural("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", len(choice.choices)).format(
        value=value, choice=said, choices=said
    )


def _hint(parameter: click.Parameter, ctx: click.Context | None) -> str:
    """As the help names it."""
    if isinstance(parameter, click.Argument):
        return quoted([parameter.make_metavar(ctx) if ctx is not None else parameter.human_readable_name])
    return quoted(parameter.opts)


def speak_chinese() -> None:
    """Give click's modules the look-up above, and the four places that quote by themselves our quotes; calling it again changes nothing."""
    setattr(exceptions, "_format_possibilities", _possibilities)  # noqa: B010 - these four have no other door either
    setattr(click.Choice, "get_invalid_choice_message", _no_choice)  # noqa: B010
    setattr(click.Argument, "get_error_hint", _hint)  # noqa: B010
    setattr(click.Option, "get_error_hint", _hint)  # noqa: B010
    click.Context.formatter_class = ChineseFormatter
    setattr(formatting, "term_len", shown_width)  # noqa: B010 - click imports it under this name and offers no other way
    for name, module in list(sys.modules.items()):
        if name == "click" or name.startswith("click."):
            if hasattr(module, "_"):
                setattr(module, "_", translate)  # noqa: B010 - `_` is click's private name, a plain assignment has no type
            if hasattr(module, "ngettext"):
                setattr(module, "ngettext", translate_plural)  # noqa: B010 - the same
