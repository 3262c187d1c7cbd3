"""The kinds of phases. A module of their own: the tables know them, and need no plan."""

from enum import StrEnum


class PhaseKind(StrEnum):
    MOBILIZATION = "mobilization"
    ROLLOUT = "rollout"
    RECTIFICATION = "rectification"
    READINESS = "readiness"
    CONSOLIDATION = "consolidation"

    @property
    def label(self) -> str:
        return {"mobilization": "动员", "rollout": "推进", "rectification": "自查整改", "readiness": "迎检", "consolidation": "总结巩固"}[self.value]
