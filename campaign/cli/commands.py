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
    "phase": "阶段:办理、开启、关闭、调整",
    "duty": "一项应办事项的详情",
    "finding": "问题:登记、清单、撤销",
    "notices": "文书:清单、签发、撤回、人工送达",
    "notices templates": "文书模板:检查",
    "units": "单位名册:导入、清单、更名、合并",
    "package": "迎检资料包:生成、校验、封存",
    "ladder": "督办规则:检查、清单、说明",
    "calendar": "工作日历:查看、改日、导入放假安排、活动专用日历",
    "bench": "测速",
    "user": "门户账号:开通、重置口令、停用、清单",
}

COMMANDS: dict[str, Entry] = {
    "plan read": Entry("campaign.cli.plan_read:read", "读取方案(Word、WPS、PDF、Excel、文本),审阅或写成 YAML"),
    "plan workbook": Entry("campaign.cli.plan_workbook:workbook", "任务分解表与征求意见表:写出、读回、汇总"),
    "plan check": Entry("campaign.cli.plan_check:check", "检查方案能否启动,逐条列出问题和行号"),
    "launch": Entry("campaign.cli.launch:launch", "启动方案,生成创建活动;方案改过后再次启动即应用改动"),
    "discard": Entry("campaign.cli.launch:discard", "撤销错误的启动(第一份文书发出之前)"),
    "golive": Entry("campaign.cli.launch:golive", "正式启用:消息从此发给各单位"),
    "rehearse": Entry("campaign.cli.rehearse:rehearse", "演练:启动之前把整个活动推演一遍"),
    "preview": Entry("campaign.cli.rehearse:preview", "预告:今后几天会发出什么、发给谁、为什么"),
    "ladder check": Entry("campaign.cli.ladder:check", "检查督办规则文件"),
    "ladder list": Entry("campaign.cli.ladder:list_", "督办规则清单,哪类事项用哪个"),
    "ladder show": Entry("campaign.cli.ladder:show", "用日期说明对一项事项会发生什么"),
    "ladder use": Entry("campaign.cli.ladder:use", "启用督办规则"),
    "calendar show": Entry("campaign.cli.calendar:show", "查看工作日历和各年放假安排是否公布"),
    "calendar set": Entry("campaign.cli.calendar:set_", "改一天或几天:上班或休息"),
    "calendar import": Entry("campaign.cli.calendar:import_", "导入公布的年度放假安排,重算期限和督办时间"),
    "calendar overlay": Entry("campaign.cli.calendar:overlay", "只对一个创建活动改几天,如整改期间周末上班"),
    "calendar rest-days": Entry("campaign.cli.calendar:rest_days", "期限落在休息日时:不变、提前或顺延"),
    "campaigns": Entry("campaign.cli.launch:campaigns", "列出全部创建活动"),
    "status": Entry("campaign.cli.status:status", "各阶段进展、红黄绿灯和转段条件"),
    "duties": Entry("campaign.cli.duties:duties", "应办事项清单"),
    "duty show": Entry("campaign.cli.duties:show", "一项应办事项的全部经过"),
    "phase run": Entry("campaign.cli.phase:run", "办理一次阶段:分派、收集、督办、公布、验收检查"),
    "phase open": Entry("campaign.cli.phase:open_", "开启阶段"),
    "phase close": Entry("campaign.cli.phase:close", "验收通过并关闭阶段"),
    "phase reopen": Entry("campaign.cli.phase:reopen", "重新打开已关闭的阶段"),
    "phase shift": Entry("campaign.cli.phase:shift", "调整阶段的起止日期"),
    "gate": Entry("campaign.cli.gate:gate", "阶段验收(转段)"),
    "sweep": Entry("campaign.cli.sweep:sweep", "督办巡检一次"),
    "deliver": Entry("campaign.cli.sweep:deliver", "发送到时的文书"),
    "bulletin": Entry("campaign.cli.sweep:bulletin", "编发工作简报"),
    "submit": Entry("campaign.cli.hand_in:submit", "报送材料或办理情况"),
    "review": Entry("campaign.cli.review:review", "审核报送的材料;复核整改"),
    "sign": Entry("campaign.cli.sign:sign", "签订责任书,或签发文书"),
    "ack": Entry("campaign.cli.change:ack", "签收"),
    "waive": Entry("campaign.cli.change:waive", "免报/不涉及"),
    "cancel": Entry("campaign.cli.change:cancel", "取消应办事项"),
    "extend": Entry("campaign.cli.change:extend", "延期"),
    "suspend": Entry("campaign.cli.change:suspend", "暂缓(中止计时)"),
    "resume": Entry("campaign.cli.change:resume", "恢复计时"),
    "event": Entry("campaign.cli.change:event", "登记方案等待的事件已经发生"),
    "finding add": Entry("campaign.cli.finding:add", "登记问题并下达整改"),
    "finding list": Entry("campaign.cli.finding:list_", "问题清单"),
    "finding withdraw": Entry("campaign.cli.finding:withdraw", "撤销登记有误的问题"),
    "notices list": Entry("campaign.cli.notices:list_", "文书清单"),
    "notices show": Entry("campaign.cli.notices:show", "一份文书的内容和送达经过"),
    "notices sign": Entry("campaign.cli.notices:sign", "签发文书"),
    "notices withdraw": Entry("campaign.cli.notices:withdraw", "撤回未发出的文书"),
    "notices serve": Entry("campaign.cli.notices:serve", "登记人工送达"),
    "notices document": Entry("campaign.cli.documents:document", "把文书写成 Word 文件(可同时生成 PDF),或写它的送签单、签收单"),
    "notices templates check": Entry("campaign.cli.documents:check", "检查文书模板"),
    "notices letterhead": Entry("campaign.cli.documents:letterhead", "设定文号代字、落款和单位关系"),
    "notices correct": Entry("campaign.cli.documents:correct", "更正已发出的文书"),
    "notices recall": Entry("campaign.cli.documents:recall", "撤回已发出的文书"),
    "units import": Entry("campaign.cli.units:import_", "从表格导入单位和人员"),
    "units list": Entry("campaign.cli.units:list_", "单位名册,谁联系不上"),
    "units rename": Entry("campaign.cli.units:rename", "单位更名"),
    "units merge": Entry("campaign.cli.units:merge", "单位合并"),
    "user add": Entry("campaign.cli.users:add", "开通门户账号,给出一次性口令"),
    "user reset": Entry("campaign.cli.users:reset", "重置门户账号的口令"),
    "user disable": Entry("campaign.cli.users:disable", "停用门户账号"),
    "user list": Entry("campaign.cli.users:list_", "门户账号清单"),
    "user demo": Entry("campaign.cli.users:demo", "建立演示账号(仅限本机登录)"),
    "package build": Entry("campaign.cli.package:build", "生成迎检资料包"),
    "package verify": Entry("campaign.cli.package:verify", "校验一个资料包"),
    "package freeze": Entry("campaign.cli.package:freeze", "生成、校验并封存资料包"),
    "verify": Entry("campaign.cli.verify:verify", "核对全部记录是否守住规则"),
    "demo": Entry("campaign.cli.demo:demo", "建立示例活动并推演到现在"),
    "up": Entry("campaign.cli.up:up", "在本机启动全部服务"),
    "bench sweep": Entry("campaign.cli.bench:sweep", "测督办巡检的速度"),
    "seal": Entry("campaign.cli.sweep:seal", "封存操作日志"),
}
