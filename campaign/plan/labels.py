"""The Chinese words for the kinds that a plan is made of, as reviews and workbooks show them."""

from __future__ import annotations

from campaign.plan.spec import PlanKind

PLAN_KINDS: dict[PlanKind, str] = {
    PlanKind.CAMPAIGN_PLAN: "创建（专项行动）方案",
    PlanKind.WORK_PLAN: "工作计划",
    PlanKind.EMERGENCY_PLAN: "应急预案",
    PlanKind.ACTIVITY_NOTICE: "活动通知",
    PlanKind.REPORT: "总结、汇报",
    PlanKind.CHARTER: "章程",
    PlanKind.MANAGEMENT_RULES: "管理制度",
}

MECHANISMS: dict[str, str] = {
    "daily_report": "每日（零）报告",
    "periodic_report": "定期报告",
    "circular": "通报",
    "supervise": "督办督查",
    "rectify": "整改",
    "issue_list": "问题清单、台账",
    "recheck": "复查、回头看",
    "inspection": "检查",
    "acceptance": "验收评估",
    "assessment": "考核测评",
    "red_black_list": "红黑榜、曝光",
    "reward": "表彰奖励",
    "penalty": "处罚",
    "accountability": "问责",
    "veto": "一票否决",
    "responsibility_letter": "责任书",
    "responsibility_system": "责任制",
    "grid": "网格、分片",
    "patrol": "巡查值班",
    "meeting": "例会",
    "public_voice": "投诉举报",
    "early_warning": "预警",
}
