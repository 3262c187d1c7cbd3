"""The findings that a check of a plan can make: code, level, why it matters, what to do.

Owns the words; the rules that find them are in check_items.py, check_phases.py, check_units.py and check_words.py. Codes are stable:
scripts and saved reviews name them. What keeps a plan from being launched is an error, all else a warning.
docs/plan-check.md is written from this table (`python -m campaign.plan.codes`), and a test compares the two.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Level = Literal["error", "warning"]


class Code(NamedTuple):
    level: Level
    name: str
    why: str
    todo: str


CODES: dict[str, Code] = {
    # -- what is no campaign --
    "not_launchable": Code(
        "error",
        "这类文件不能启动",
        "总结、通知、章程、制度不是行动方案，没有要逐项交办的事",
        "换用方案正文；若类型判断有误，把 kind 改为 campaign_plan 或 work_plan",
    ),
    "no_items": Code("error", "没有任务事项", "没有要交办的事，启动后无事可催、无料可收", "在 items 里至少写一项任务，或在某个阶段的 tasks 里写"),
    "duplicate_key": Code("error", "key 重复", "key 用来认出同一事项，重复会把两件事当成一件", "给其中一个换一个 key，或删去 key 由程序补上"),
    "basis_missing": Code("warning", "没有写依据", "没有上级文件作依据的创建活动，督办和考核容易被质疑", "在 basis 里写上级方案或通知的名称和文号"),
    # -- units --
    "blank_lead_unit": Code(
        "error", "牵头单位空缺", "一件事必须有一个单位牵头，否则无人可催", "填写 lead_unit；暂时定不下来时用 --assume-lead 单位名 统一补填"
    ),
    "several_lead_units": Code("error", "牵头单位不止一个", "两个单位牵头等于没有牵头，逾期时不知道督办谁", "保留一个牵头单位，其余移到 responsible_units"),
    "no_responsible_unit": Code("warning", "没有责任单位", "只有牵头单位时，全部任务都落在它身上", "确认是否由牵头单位独自承担；否则填写 responsible_units"),
    "unit_two_names": Code("warning", "同一单位两种叫法", "会建成两个单位，任务和资料各记一半", "统一成一个名称，或在 units 里把另一个写成 aliases"),
    "unknown_unit": Code("warning", "单位不在名册里", "启动时会新建这个单位，还没有联络员", "核对名称；确是新单位时先用 campaign units import 登记联络员"),
    "empty_unit_class": Code(
        "warning", "类别下没有单位", "按类别分解的任务（如各社区）在名册里找不到一个单位", "在 units 里给这些单位写上同样的 kind，或先导入单位名册"
    ),
    "lead_also_supports": Code("warning", "牵头单位又列为配合单位", "同一单位不会给自己配合，多半是填错了行", "从 supporting_units 里删去，或改正牵头单位"),
    "assumed_lead_unit": Code("warning", "牵头单位是补填的", "方案没有写，是按 --assume-lead 补的，尚未经该单位确认", "征求该单位意见后删去 assumed: true"),
    # -- time --
    "no_dates": Code(
        "error", "没有任何日期", "没有阶段也没有起止日期，算不出一项任务的期限", "写上阶段的起止日期，或用 --start 日期 --end 日期 给出一个推进阶段"
    ),
    "dates_backwards": Code("error", "起止日期颠倒", "开始晚于结束，排不出日程", "改正起止日期；跨年的阶段注意年份"),
    "unknown_phase": Code("error", "阶段不存在", "事项写的 phase 在 phases 里找不到，不知道何时交办", "改成已有阶段的 key 或名称"),
    "undated_phase": Code("warning", "阶段没有日期", "它会在前一阶段结束时开始，期限只能按活动的结束日期算", "写上 start 和 end，或确认由前一阶段转段时开始"),
    "phases_out_of_order": Code("warning", "阶段次序与日期不符", "排在后面的阶段反而先开始，多半是日期或年份写错", "核对日期；确实如此时调整先后次序"),
    "phases_overlap": Code("warning", "阶段日期重叠", "重叠期间两个阶段的任务同时在办，单位容易混淆", "确认是有意交叉；否则调整日期"),
    "same_phase_name": Code("warning", "阶段重名", "命令里按名称指阶段时分不清是哪一个", "给其中一个换个名称"),
    "deadline_outside_phase": Code("warning", "期限在所属阶段之外", "阶段已经结束或还没开始，期限却到了", "改期限，或把事项移到相应阶段"),
    "deadline_needs_inspection": Code(
        "warning", "期限等待迎检日期", "期限从迎检之日倒排，但方案没有写 inspection", "确定迎检日期后填写 inspection.start；在此之前不计时"
    ),
    "past_dates": Code("warning", "日期已经过去", "启动时就已逾期，会从第一级提醒开始，按规定间隔逐级督办", "核对年份；确已过去时确认是否照常启动"),
    "unclear_date": Code("warning", "时间没有写成日期", "原文的时间说法定不下具体日子，没有期限就不会催办", "按原文填写 deadline（或阶段的 start、end）"),
    # -- entries --
    "number_skips": Code("warning", "序号跳号", "可能漏读或漏写了一条", "对照原文确认没有缺条"),
    "number_repeats": Code("warning", "序号重复", "两条同号，引用和汇总时分不清", "改正序号"),
    "same_task_twice": Code("warning", "同一任务出现两次", "单位会收到两次交办，资料要报两遍", "删去一条，或写明两条的区别"),
    "material_without_recipient": Code("warning", "资料没有报送对象", "没写报给谁，启动后默认报创建办", "填写 recipient；报创建办的可以不改"),
    # -- the text --
    "attachment_missing": Code(
        "warning", "提到的附件没有给出", "任务分解、标准往往在附件里，只读正文会漏", "用 campaign plan read 正文 --attach 附件：角色 一起读入"
    ),
    "placeholder": Code("warning", "留有空白或占位符", "__、20__、xx、20-- 这样的地方还没有填，发出去就是错文", "补上真实的年份、单位或数字"),
    "fine_needs_basis": Code("warning", "涉及罚款或扣款", "罚款、扣发须有法定依据，系统只保留原文，不计算金额", "须核实法定依据"),
    "signed_without_basis": Code("error", "要求签责任书但没有依据", "责任书须有上级文件明确要求才能签订", "在 basis 里写明依据；没有依据的，删去 signed: true"),
    "letter_without_basis": Code("warning", "提到责任书但没有依据", "责任书须有上级文件明确要求才能签订", "在 basis 里写明依据，或改为任务分解表、承诺"),
    "veto_without_basis": Code("warning", "提到一票否决但没有依据", "一票否决事项须经批准设立，方案不能自行设定", "在 basis 里写明依据，或改为考核扣分"),
    "needs_confirmation": Code("warning", "读取时没有定下来", "原文的说法定不下具体日子或单位，程序不猜", "对照原文确认后填写"),
    "contradiction": Code("warning", "文件之间不一致", "正文与附件、上级方案对同一事项说法不同", "以有效的一份为准，改正另一份"),
}

READER_NOTE = Code("warning", "读取时的提示", "读取原文时留下的提示", "对照原文确认")


def describe() -> str:
    """The documentation page."""
    rows = [f"| `{code}` | {'错误' if entry.level == 'error' else '警告'} | {entry.name} | {entry.why} | {entry.todo} |" for code, entry in CODES.items()]
    return "\n".join([_HEAD, *rows, "", _TAIL])


_HEAD = """# 方案检查

`campaign plan check 方案.yaml` 逐条列出方案里的问题。每条都有代码、行号（YAML 文件里的行；从原文读来的，另注原文行号）、为什么要紧、怎么办。

- **错误**：不改正就不能启动，命令的退出码为 1。
- **警告**：可以启动，但应看一眼，退出码为 0。
- `--assume-lead 单位名`：把单位名补进每个空缺的牵头单位，文件里的注释保留，补填的事项标 `assumed: true` 并列出。
- `--start 日期 --end 日期`：给没有阶段的方案写入一个“推进”阶段。
- `--json`:输出 `[{code, level, line, message, why, todo, source_line}]`,供程序读取。

代码不会改变含义，脚本可以依赖它。

| 代码 | 级别 | 名称 | 为什么要紧 | 怎么办 |
|---|---|---|---|---|"""

_TAIL = """读取原文时留下的提示（YAML 里的 `warnings`）也会列出，代码以读取时的为准，级别为警告。
"""


if __name__ == "__main__":
    import sys

    sys.stdout.write(describe())
