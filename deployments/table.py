"""The list of our deployments: which flow, under which name, with which limit and schedule. prefect.yaml tells work pools the same.

A test holds both against a snapshot, so that no entrypoint or schedule changes silently. Campaign deadlines have no schedule here: the
clock starts those passes, because Prefect's schedules know neither the Chinese working calendar nor a due column. Housekeeping by wall clock
has one.
"""

from __future__ import annotations

from dataclasses import dataclass

from campaign.engine.names import HOUSEKEEPING, PASSES, PHASES, DeploymentName
from campaign.plan.spec import PhaseKind


@dataclass(frozen=True)
class Entry:
    name: DeploymentName
    entrypoint: str
    description: str
    tags: tuple[str, ...]
    # One at a time, and a second one is cancelled at once: queued runs of Prefect wait some 20 s each.
    alone: bool = False
    cron: str | None = None


_PHASE_TAIL = "重复运行是安全的：只办理到期而未办的部分。需要实名的操作（审核、签发、转段）请在门户或命令行办理。"


def _phase(kind: PhaseKind, flow: str, does: str) -> Entry:
    return Entry(PHASES[kind], f"flows.{flow}.{flow}", f"{does}\n\n{_PHASE_TAIL}", ("阶段",))


ENTRIES: tuple[Entry, ...] = (
    _phase(PhaseKind.MOBILIZATION, "mobilization", "动员部署：成立机构、各单位报送责任人和联络员、任务分解到单位、签订责任书。"),
    _phase(PhaseKind.ROLLOUT, "rollout", "全面推进：分派办理、报送和定期报告事项，对照要求收取材料，督办逾期。"),
    _phase(PhaseKind.RECTIFICATION, "rectification", "自查整改：下发自查表，问题建账、限期整改、复核销号。"),
    _phase(PhaseKind.READINESS, "readiness", "迎检准备：按迎检日期倒排事项，汇总档案，列出缺项。"),
    _phase(PhaseKind.CONSOLIDATION, "consolidation", "总结巩固：收取总结，转入长效事项，收尾仍未办结的事项。"),
    Entry(
        PASSES["supervision"],
        "flows.supervision.supervision",
        "督办巡检：对逾期事项按督办规则逐级督办。平时由督办时钟自动启动，也可手工运行。",
        ("督办",),
        alone=True,
    ),
    Entry(PASSES["bulletin"], "flows.reporting.reporting", "工作简报：汇总各单位进度，生成简报。平时由督办时钟按期启动。", ("简报",)),
    Entry(PASSES["delivery"], "flows.delivery.delivery", "文书送达：发送待发文书，失败的换渠道再发，全部失败的转人工送达。", ("送达",), alone=True),
    Entry(
        HOUSEKEEPING["clock"],
        "flows.clock_check.clock_check",
        "督办时钟检查：时钟停了，本运行就失败并说明已停多久。正常的检查记录两天后自动删除。",
        ("运维",),
        alone=True,
        cron="*/15 * * * *",
    ),
    Entry(
        HOUSEKEEPING["backup"],
        "flows.backup.backup",
        "数据备份：业务库和证据清单。检查和恢复见 campaign backup --help。",
        ("运维",),
        alone=True,
        cron="30 2 * * *",
    ),
    Entry(
        HOUSEKEEPING["cleaning"],
        "flows.cleaning.cleaning",
        "数据清理：离任人员的联系方式、旧备份、中断的上传、Prefect 的旧运行和日志。保留天数见环境变量。",
        ("运维",),
        alone=True,
        cron="15 3 * * *",
    ),
)
