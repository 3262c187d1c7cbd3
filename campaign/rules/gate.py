"""May this phase close: the outcomes that are open, and by name what keeps it from passing.

Owns what each kind of phase must have reached. Refuses to overrule: a blocker stays a blocker; that somebody with the role passes the gate
in spite of it is a use case, with its own reason in the log.

A blocker is either *carried* (遗留: the same duties with the same rungs go on after the phase) or *hard*: it would falsify what the next
phase rests on. Letters, materials and late rectifications can be carried over by name; a unit without a contact person or a package that
does not verify cannot, because then nobody can be reached or nothing can be proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NAMED_AT_MOST = 5


class GateOutcome(StrEnum):
    PASS = "pass"  # noqa: S105  an outcome, not a password
    CARRY_OVER = "carry_over"
    HOLD = "hold"

    @property
    def label(self) -> str:
        return {"pass": "通过", "carry_over": "带遗留问题转段", "hold": "暂缓转段"}[self.value]


@dataclass(frozen=True, slots=True)
class OpenDuty:
    id: int
    unit: str
    title: str
    light: str = "green"


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """The evidence package: what is missing by name, whether its hashes verified, whether it is frozen."""

    missing: tuple[str, ...] = ()
    verified: bool = False
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What the gate looks at. `phase_kind` is a PhaseKind's value; what a kind does not look at may stay empty.

    Of very many open duties only the first need be named; `required_more` and `overdue_more` say how many there are beside them.
    Whoever closes a phase with leftovers names them all.
    """

    phase_kind: str
    phase_name: str
    units_without_contact: tuple[str, ...] = ()
    items_without_owner: tuple[str, ...] = ()
    unsigned_letters: tuple[OpenDuty, ...] = ()
    letters_asked: bool = False
    required_open: tuple[OpenDuty, ...] = ()
    required_more: int = 0
    overdue_more: int = 0
    major_findings: tuple[OpenDuty, ...] = ()
    rectifications_due: int = 0
    rectifications_done: int = 0
    rectification_share: float = 1.0
    package: PackageFacts = field(default_factory=PackageFacts)
    scores_final: bool = True
    open_appeals: tuple[OpenDuty, ...] = ()
    archive_verified: bool = True


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason, in words, with the duties concerned (and how many more there are); `carried` ones can be taken along as named leftovers."""

    code: str
    text: str
    duty_ids: tuple[int, ...] = ()
    carried: bool = False
    more: int = 0


@dataclass(frozen=True, slots=True)
class GateDecision:
    """`may_close` says that nothing stands in the way of 通过; with leftovers the phase closes only if somebody chooses CARRY_OVER."""

    outcome_allowed: tuple[GateOutcome, ...]
    may_close: bool
    blockers: tuple[Blocker, ...]
    leftovers: tuple[OpenDuty, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(blocker.text for blocker in self.blockers)


def gate_decision(facts: GateFacts) -> GateDecision:
    """Pass without blockers; with carried ones only, they may be taken along; else hold. Holding is always open."""
    blockers = tuple(blocker for look in _LOOKS[facts.phase_kind] if (blocker := look(facts)) is not None)
    if not blockers:
        return GateDecision((GateOutcome.PASS, GateOutcome.HOLD), True, (), ())
    if all(blocker.carried for blocker in blockers):
        concerned = {one: None for blocker in blockers for one in blocker.duty_ids}
        known = {duty.id: duty for duty in (*facts.required_open, *facts.unsigned_letters, *facts.major_findings, *facts.open_appeals)}
        leftovers = tuple(known[one] for one in concerned if one in known)
        return GateDecision((GateOutcome.CARRY_OVER, GateOutcome.HOLD), False, blockers, leftovers)
    return GateDecision((GateOutcome.HOLD,), False, blockers, ())


def _contacts(facts: GateFacts) -> Blocker | None:
    if not facts.units_without_contact:
        return None
    return Blocker(
        "no_contact", f"{_count(facts.units_without_contact, '个单位')}没有联络员：{_names(facts.units_without_contact)}。请单位报送回执，或由办公室代为登记"
    )


def _owners(facts: GateFacts) -> Blocker | None:
    if not facts.items_without_owner:
        return None
    return Blocker("no_owner", f"{_count(facts.items_without_owner, '项任务')}没有责任单位：{_names(facts.items_without_owner)}。请先分解到单位")


def _letters(facts: GateFacts) -> Blocker | None:
    if not facts.letters_asked or not facts.unsigned_letters:
        return None
    named = _names(duty.unit for duty in facts.unsigned_letters)
    return Blocker("unsigned", f"{_count(facts.unsigned_letters, '份责任书')}尚未签订：{named}", _ids(facts.unsigned_letters), carried=True)


def _required(facts: GateFacts) -> Blocker | None:
    letters = {duty.id for duty in facts.unsigned_letters} if facts.letters_asked else set()
    open_duties = tuple(duty for duty in facts.required_open if duty.id not in letters)
    if not open_duties:
        return None
    red = sum(duty.light == "red" for duty in open_duties) + facts.overdue_more
    overdue = f"，其中 {red} 项逾期" if red else ""
    ordered = sorted(open_duties, key=lambda duty: (duty.light != "red", duty.id))
    named = _names((f"{duty.unit}“{duty.title}”" for duty in ordered), facts.required_more)
    count = len(open_duties) + facts.required_more
    return Blocker("required_open", f"{count} 项必办事项未办结{overdue}：{named}", _ids(ordered), carried=True, more=facts.required_more)


def _major(facts: GateFacts) -> Blocker | None:
    if not facts.major_findings:
        return None
    named = _names(f"{duty.unit}“{duty.title}”" for duty in facts.major_findings)
    return Blocker("major_finding", f"{_count(facts.major_findings, '个重大问题')}未销号：{named}。重大问题不能作为遗留问题带走", _ids(facts.major_findings))


def _share(facts: GateFacts) -> Blocker | None:
    due, done = facts.rectifications_due, facts.rectifications_done
    if not due or done >= due * facts.rectification_share:
        return None
    return Blocker("rectification_share", f"到期整改 {due} 项，已销号 {done} 项（{done / due:.0%}），低于要求的 {facts.rectification_share:.0%}", carried=True)


def _complete(facts: GateFacts) -> Blocker | None:
    missing = facts.package.missing
    return Blocker("package_missing", f"迎检资料缺 {len(missing)} 项：{_names(missing)}") if missing else None


def _proved(facts: GateFacts) -> Blocker | None:
    if facts.package.verified and facts.package.frozen:
        return None
    step = "封存" if facts.package.verified else "校验"
    return Blocker("package_unproved", f"迎检资料包尚未{step}：请在“迎检资料包”页面生成、校验并封存")


def _scores(facts: GateFacts) -> Blocker | None:
    return None if facts.scores_final else Blocker("scores_open", "考评得分尚未确定：请由办公室确认最终得分")


def _appeals(facts: GateFacts) -> Blocker | None:
    if not facts.open_appeals:
        return None
    return Blocker(
        "appeals_open", f"{_count(facts.open_appeals, '件申诉')}未答复：{_names(duty.unit for duty in facts.open_appeals)}", _ids(facts.open_appeals)
    )


def _archive(facts: GateFacts) -> Blocker | None:
    return None if facts.archive_verified else Blocker("archive_unverified", "档案尚未校验：请生成总档案并校验通过")


_Look = Callable[[GateFacts], Blocker | None]
_LOOKS: MappingProxyType[str, tuple[_Look, ...]] = MappingProxyType(
    {
        "mobilization": (_contacts, _owners, _letters, _required),
        "rollout": (_required,),
        "rectification": (_share, _major, _required),
        "readiness": (_complete, _proved, _required),
        "consolidation": (_scores, _appeals, _archive, _required),
    }
)


def _count(found: tuple[object, ...], measure: str) -> str:
    return f"{len(found)} {measure}"


def _ids(duties: Iterable[OpenDuty]) -> tuple[int, ...]:
    return tuple(duty.id for duty in duties)


def _names(names: Iterable[str], more: int = 0) -> str:
    """The first five by name and the number of all: 城关街道、教育局等 12 个 is read, a hundred names are not."""
    each = list(dict.fromkeys(names))
    listed = "、".join(each[:NAMED_AT_MOST])
    return listed if len(each) + more <= NAMED_AT_MOST else f"{listed}等 {len(each) + more} 个"
