"""Is this plan ready to become a campaign? Every reason why not, with its line.

Owns the order of the rules and the shape of a finding. Each rule is a function from the `View` to hits, and lives with its kind in
check_items, check_phases, check_units or check_words; what a code means stands in codes.py. Pure: `today` and the names of the
units that exist are arguments, so launch asks the same question inside its transaction that the command line asks without a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from campaign.plan import check_items, check_phases, check_units, check_words
from campaign.plan.check_view import Hit, View
from campaign.plan.codes import CODES, READER_NOTE, Level
from campaign.plan.lines import LineMap
from campaign.plan.spec import PlanSpec


@dataclass(frozen=True, slots=True)
class Finding:
    """`line` is the line of the YAML file when it is known, else the line of the source; `source_line` always the latter."""

    code: str
    level: Level
    line: int | None
    message: str
    why: str
    todo: str
    source_line: int | None = None


Rule = Callable[[View], Iterable[Hit]]

RULES: tuple[Rule, ...] = (
    check_words.launchable_kind,
    check_items.has_items,
    check_items.unique_keys,
    check_phases.has_dates,
    check_phases.forward_dates,
    check_items.known_phases,
    check_units.one_lead_unit,
    check_words.letters_and_vetoes,
    check_words.basis,
    check_units.assumed_leads,
    check_units.responsible_units,
    check_units.lead_does_not_support,
    check_units.one_name_a_unit,
    check_units.known_units,
    check_units.filled_classes,
    check_phases.dated_phases,
    check_phases.phases_in_order,
    check_phases.distinct_names,
    check_phases.deadlines_inside_phases,
    check_phases.inspection_window,
    check_phases.future_dates,
    check_phases.dates_understood,
    check_items.numbering,
    check_items.distinct_tasks,
    check_items.recipients,
    check_words.attachments,
    check_words.placeholders,
    check_words.fines,
    check_words.reader_notes,
)


_ONCE_A_LINE = {"placeholder", "attachment_missing", "letter_without_basis", "veto_without_basis", "fine_needs_basis"}


def check_plan(spec: PlanSpec, *, lines: LineMap | None = None, today: date, known_units: frozenset[str] | None = None) -> list[Finding]:
    """Errors first, each kind in the order of the rules, and by line. `known_units` are the names of units that exist already."""
    view = View.of(spec, lines or LineMap(), today, known_units)
    order = {"error": 0, "warning": 1}
    found: dict[tuple[str, int | None, str | int], Finding] = {}
    for rule in RULES:
        for hit in rule(view):
            finding = _finding(hit, view)
            # A mechanism, a task and the reader's note may quote the same line: its blank is one blank.
            one = hit.source_line if hit.code in _ONCE_A_LINE and hit.source_line is not None else finding.message
            found.setdefault((finding.code, None if one == hit.source_line else finding.line, one), finding)
    return sorted(found.values(), key=lambda finding: order[finding.level])


def may_launch(findings: Iterable[Finding]) -> bool:
    return all(finding.level != "error" for finding in findings)


def _finding(hit: Hit, view: View) -> Finding:
    code = CODES.get(hit.code, READER_NOTE)
    line = view.lines.line(*hit.place) if hit.place is not None and view.lines.rows else hit.source_line
    return Finding(hit.code, code.level, line, hit.message, code.why, code.todo, hit.source_line)
