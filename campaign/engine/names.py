"""What our flows and deployments are called in Prefect, by the word the records use. One table, so that nobody spells a name twice."""

from __future__ import annotations

from typing import NamedTuple

from campaign.plan.spec import PhaseKind


class DeploymentName(NamedTuple):
    flow: str
    deployment: str


PHASES: dict[str, DeploymentName] = {
    PhaseKind.MOBILIZATION: DeploymentName("动员阶段", "动员"),
    PhaseKind.ROLLOUT: DeploymentName("推进阶段", "推进"),
    PhaseKind.RECTIFICATION: DeploymentName("自查整改阶段", "自查整改"),
    PhaseKind.READINESS: DeploymentName("迎检阶段", "迎检"),
    PhaseKind.CONSOLIDATION: DeploymentName("总结巩固阶段", "总结巩固"),
}
PASSES: dict[str, DeploymentName] = {
    "supervision": DeploymentName("督办", "督办巡检"),
    "bulletin": DeploymentName("工作简报", "简报"),
    "delivery": DeploymentName("文书送达", "送达"),
}
HOUSEKEEPING: dict[str, DeploymentName] = {
    "clock": DeploymentName("督办时钟检查", "时钟检查"),
    "backup": DeploymentName("数据备份", "备份"),
    "cleaning": DeploymentName("数据清理", "清理"),
}
ALL: tuple[DeploymentName, ...] = (*PHASES.values(), *PASSES.values(), *HOUSEKEEPING.values())


def deployment_of(name: str, kind: str | None = None) -> DeploymentName:
    """The deployment that runs a pass: `phase` needs the phase's kind, the others are one each."""
    if name == "phase":
        assert kind is not None, "a phase pass is run by the deployment of its kind"
        return PHASES[kind]
    return PASSES[name]
