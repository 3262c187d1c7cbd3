"""The records' code words as people read them: tables only, one name a table, which is also the name of a template filter."""

from __future__ import annotations

KINDS = {"sign": "签订", "perform": "办理", "material": "报送资料", "report": "定期报告", "rectify": "整改", "recheck": "整改复核", "review": "审核"}
STATES = {
    "open": "办理中",
    "submitted": "已报送待审核",
    "accepted": "已办结",
    "returned": "退回补正",
    "waived": "免报/不涉及",
    "cancelled": "已取消",
    "suspended": "暂缓(中止计时)",
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
    "proposed": "建议期限(倒排工期)",
    "event": "由事件推算",
    "extended": "经批准延期",
    "returned": "退回补正后的期限",
}
VERBS = {
    "ack": "签收",
    "submit": "报送",
    "accept": "审核通过",
    "return": "退回",
    "waive": "免报",
    "cancel": "取消",
    "extend": "延期",
    "suspend": "暂缓",
    "resume": "恢复计时",
    "ask_extend": "申请延期",
    "ask_refuse": "申请退单",
    "grant_extend": "准予延期",
    "reject_extend": "驳回延期申请",
    "grant_refuse": "同意退单",
    "reject_refuse": "驳回退单",
    "reassign": "改派",
    "launch": "启动方案",
    "replan": "更新方案",
    "open_phase": "开启阶段",
    "close_phase": "关闭阶段",
    "reopen_phase": "重新打开阶段",
    "shift_phase": "调整阶段日期",
    "stagger": "倒排工期",
    "redate": "调整期限",
    "finish": "活动结束",
    "finding": "登记问题",
    "withdraw_finding": "撤销问题",
    "sign_notice": "签发文书",
    "withdraw_notice": "撤回文书",
    "serve_by_hand": "登记人工送达",
    "read_notice": "确认阅读",
    "gate_passed": "转段通过",
    "gate_carried_over": "带遗留问题转段",
    "gate_held": "暂缓转段",
    "gate_overruled": "越过条件转段",
    "event": "登记事件",
    "login": "登录",
    "account_add": "开通账号",
    "account_grant": "授予角色",
    "account_revoke": "收回角色",
    "account_reset": "重置口令",
    "account_password": "修改口令",
    "account_disable": "停用账号",
    "golive": "正式启用",
    "discard": "撤销启动",
    "ask_withdrawal": "申请撤回文件",
    "withdraw_file": "撤回文件",
    "refuse_withdrawal": "不同意撤回文件",
    "trigger": "触发阶段",
    "pass_phase": "阶段推进",
    "pass_supervision": "督办巡检",
    "pass_delivery": "文书送达",
    "pass_bulletin": "工作简报",
    "bulletin": "编发简报",
    "units_import": "导入单位人员",
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
    "form_word": FORMS,
    "severity": SEVERITIES,
    "outcome": OUTCOMES,
    "request_kind": REQUESTS,
    "request_state": REQUEST_STATES,
}
