"""The records' code words as people read them: tables only, one name a table, which is also the name of a template filter."""

from __future__ import annotations

from campaign.work.verbs import VERBS

KINDS = {"sign": "签订", "perform": "办理", "material": "报送资料", "report": "定期报告", "rectify": "整改", "recheck": "整改复核", "review": "审核"}
STATES = {
    "open": "办理中",
    "submitted": "已报送待审核",
    "accepted": "已办结",
    "returned": "退回补正",
    "waived": "免报/不涉及",
    "cancelled": "已取消",
    "suspended": "暂缓（中止计时）",
    "waiting": "待触发",
}
PHASE_KINDS = {"mobilization": "动员", "rollout": "推进", "rectification": "自查整改", "readiness": "迎检", "consolidation": "总结巩固"}
PHASE_STATES = {"planned": "未开始", "open": "进行中", "closed": "已关闭"}
CAMPAIGN_STATES = {"launched": "进行中", "finished": "已结束", "discarded": "已撤销"}
NOTICE_STATES = {"open": "待发", "draft": "待签发", "issued": "已签发待送达", "delivered": "已送达", "withdrawn": "已撤回", "empty": "不再发出"}
PASS_NAMES = {"phase": "阶段推进", "supervision": "督办巡检", "delivery": "文书送达", "bulletin": "工作简报"}
PASS_STATES = {"running": "进行中", "done": "完成", "failed": "失败", "abandoned": "中断"}
DUE_SOURCES = {
    "own": "方案为本事项规定的期限",
    "phase": "所在阶段的截止日期",
    "campaign": "活动的截止日期",
    "proposed": "建议期限（倒排工期）",
    "event": "由事件推算",
    "extended": "经批准延期",
    "returned": "退回补正后的期限",
}
SUBJECTS = {
    "duty": "事项",
    "notice": "文书",
    "phase": "阶段",
    "account": "账号",
    "pass": "运行",
    "finding": "问题",
    "file": "文件",
    "unit": "单位",
    "person": "人员",
    "campaign": "创建活动",
    "submission": "报送",
    "suspension": "暂缓",
    "package": "资料包",
    "signatory": "签约单位",
    "request": "计划外要求",
    "item": "任务事项",
}
FORMS = {"electronic": "电子版", "paper": "纸质", "both": "电子版和纸质"}
SEVERITIES = {"minor": "轻微", "normal": "一般", "major": "重大"}
OUTCOMES = {"accepted": "通过", "returned": "退回补正"}
REQUESTS = {"extend": "申请延期", "refuse": "申请退单"}
REQUEST_STATES = {"open": "等待答复", "granted": "已同意", "refused": "已驳回", "withdrawn": "已撤回"}
TABLES = {
    "kind": KINDS,
    "state": STATES,
    "phase_kind": PHASE_KINDS,
    "phase_state": PHASE_STATES,
    "campaign_state": CAMPAIGN_STATES,
    "notice_state": NOTICE_STATES,
    "pass_name": PASS_NAMES,
    "pass_state": PASS_STATES,
    "due_source": DUE_SOURCES,
    "verb": VERBS,
    "subject": SUBJECTS,
    "form_word": FORMS,
    "severity": SEVERITIES,
    "outcome": OUTCOMES,
    "request_kind": REQUESTS,
    "request_state": REQUEST_STATES,
}
