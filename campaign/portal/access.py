"""Who may open which page: one table of every route. What is not in it is refused, whoever asks.

A rule names roles; *where* a role holds is asked of the records by the page itself (`Visit.must_reach_unit`), because a page knows which unit
it is about. A test walks every route with every role and fails for a route without a line here.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    ADMIN = "admin"
    LEADER = "leader"
    LEAD_UNIT = "lead_unit"
    UNIT_HEAD = "unit_head"
    CONTACT = "contact"
    REVIEWER = "reviewer"
    THIRD_PARTY = "third_party"
    EXPERT = "expert"
    INSPECTOR = "inspector"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        return {
            "admin": "创建办管理员", "leader": "领导", "lead_unit": "牵头单位", "unit_head": "单位负责人", "contact": "联络员", "reviewer": "审核员",
            "third_party": "第三方测评员", "expert": "专家", "inspector": "检查组", "auditor": "审计",
        }[self.value]  # fmt: skip


class Anyone(StrEnum):
    """Rules that are not roles: everybody; whoever is logged in; whoever is logged in or sits at this machine while the board is open."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    BOARD = "board"


Rule = Anyone | frozenset[Role]
PUBLIC, SIGNED_IN, BOARD = Anyone.PUBLIC, Anyone.SIGNED_IN, Anyone.BOARD

R = Role
EVERY_ROLE: Rule = frozenset(Role)
ADMIN: Rule = frozenset({R.ADMIN})
UNIT: Rule = frozenset({R.CONTACT, R.UNIT_HEAD, R.LEAD_UNIT})
ASK: Rule = frozenset({R.ADMIN, R.CONTACT, R.UNIT_HEAD})
READ: Rule = frozenset({R.ADMIN, R.LEADER, R.LEAD_UNIT, R.UNIT_HEAD, R.CONTACT, R.REVIEWER, R.THIRD_PARTY, R.EXPERT, R.INSPECTOR})
REVIEW: Rule = frozenset({R.ADMIN, R.REVIEWER, R.THIRD_PARTY, R.EXPERT, R.LEAD_UNIT, R.UNIT_HEAD})
LEAD: Rule = frozenset({R.ADMIN, R.LEAD_UNIT, R.UNIT_HEAD})
BOARDS: Rule = frozenset({R.ADMIN, R.LEADER, R.INSPECTOR, R.AUDITOR})
BOARDS_DUTIES: Rule = frozenset({R.ADMIN, R.LEADER, R.INSPECTOR})
DECIDE: Rule = frozenset({R.ADMIN, R.LEADER})
INSPECT: Rule = frozenset({R.ADMIN, R.INSPECTOR, R.THIRD_PARTY, R.EXPERT})
FINDINGS: Rule = frozenset({R.ADMIN, R.LEADER, R.INSPECTOR, R.THIRD_PARTY, R.EXPERT})
INTAKE: Rule = frozenset({R.ADMIN, R.REVIEWER})
REGISTERS: Rule = frozenset({R.ADMIN, R.LEADER, R.CONTACT, R.UNIT_HEAD, R.LEAD_UNIT, R.REVIEWER, R.INSPECTOR})
JOURNAL: Rule = frozenset({R.ADMIN, R.AUDITOR})

ACCESS: dict[str, Rule] = {
    # everybody
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    "GET /login": PUBLIC,
    "POST /login": PUBLIC,
    "GET /login/oidc": PUBLIC,
    "GET /login/oidc/back": PUBLIC,
    # the overview: without a login only on the machine itself
    "GET /": BOARD,
    "GET /status": BOARD,
    "GET /api/status": BOARD,
    # one's own account
    "POST /logout": SIGNED_IN,
    "GET /password": SIGNED_IN,
    "POST /password": SIGNED_IN,
    # what units owe and hand in
    "GET /todo": UNIT,
    "GET /duties/{duty_id}": READ,
    "POST /duties/{duty_id}/ack": ASK,
    "POST /duties/{duty_id}/submit": ASK,
    "POST /duties/{duty_id}/extension": ASK,
    "POST /duties/{duty_id}/refusal": ASK,
    "GET /duties/{duty_id}/runs": BOARDS,
    "POST /duties/{duty_id}/office": ADMIN,
    "GET /files/{submission_id}/{number}": READ,
    "GET /files/{submission_id}/{number}/look": READ,
    "GET /files/{submission_id}/{number}/pages/{page}": READ,
    "POST /api/uploads": ASK,
    "GET /api/uploads/{upload_id}": ASK,
    "PATCH /api/uploads/{upload_id}": ASK,
    "GET /duties/{duty_id}/split": ASK,
    "POST /duties/{duty_id}/split": ASK,
    # what a lead unit sees of the others, and does for its items
    "GET /lead": LEAD,
    "GET /lead/{item_id}": LEAD,
    "POST /lead/{item_id}/remind": LEAD,
    "POST /lead/{item_id}/compile": LEAD,
    # verdicts
    "GET /receipts/{submission_id}": READ,
    "GET /review": REVIEW,
    "POST /review": REVIEW,
    "GET /review/{submission_id}": REVIEW,
    "POST /review/{submission_id}": REVIEW,
    "POST /review/{submission_id}/verdict": REVIEW,
    # paper: covers that units print, what the office takes in, registers of outside signatories
    "GET /duties/{duty_id}/cover": READ,
    "GET /intake": INTAKE,
    "GET /intake/{code}": INTAKE,
    "POST /intake/{code}/receive": INTAKE,
    "GET /registers": REGISTERS,
    "GET /registers.xlsx": REGISTERS,
    "POST /registers/import": ASK,
    "GET /registers/{signatory_id}/scan": ASK,
    "POST /registers/{signatory_id}/scan": ASK,
    # running campaigns
    "GET /campaigns": BOARDS,
    "GET /campaigns/{slug}": BOARDS,
    "GET /campaigns/{slug}/duties": BOARDS_DUTIES,
    "GET /campaigns/{slug}/phases/{number}": BOARDS,
    "POST /campaigns/{slug}/phases/{number}/run": ADMIN,
    "POST /campaigns/{slug}/phases/{number}/open": ADMIN,
    "POST /campaigns/{slug}/phases/{number}/gate": DECIDE,
    "POST /campaigns/{slug}/golive": ADMIN,
    "GET /campaigns/{slug}/findings": FINDINGS,
    "POST /campaigns/{slug}/findings": INSPECT,
    "POST /findings/{finding_id}/withdraw": ADMIN,
    "GET /campaigns/{slug}/adjust": BOARDS_DUTIES,
    "POST /campaigns/{slug}/phases/{number}/shift": ADMIN,
    "POST /campaigns/{slug}/inspection": ADMIN,
    "POST /campaigns/{slug}/suspensions": ADMIN,
    "POST /suspensions/{suspension_id}/end": ADMIN,
    "GET /ladders": BOARDS,
    "GET /ladders/{name}.yaml": ADMIN,
    "POST /ladders/check": ADMIN,
    "GET /campaigns/{slug}/burden": BOARDS,
    "POST /campaigns/{slug}/burden": ADMIN,
    "POST /burden/{request_id}": DECIDE,
    "GET /campaigns/{slug}/stagger": BOARDS_DUTIES,
    "POST /campaigns/{slug}/stagger": ADMIN,
    "GET /launch": ADMIN,
    "POST /launch/review": ADMIN,
    "POST /launch": ADMIN,
    "POST /launch/rehearse": ADMIN,
    # before it happens: rehearsals, and what will be sent
    "GET /rehearsals": ADMIN,
    "POST /rehearsals": ADMIN,
    "GET /rehearsals/report.css": ADMIN,
    "GET /rehearsals/{errand_id}": ADMIN,
    "POST /rehearsals/{errand_id}/again": ADMIN,
    "GET /rehearsals/{errand_id}/report.html": ADMIN,
    "GET /rehearsals/{errand_id}/notices.xlsx": ADMIN,
    "GET /campaigns/{slug}/preview": DECIDE,
    "POST /campaigns/{slug}/preview": DECIDE,
    "GET /campaigns/{slug}/preview.xlsx": DECIDE,
    # the package for the inspection
    "GET /campaigns/{slug}/package": BOARDS_DUTIES,
    "POST /campaigns/{slug}/package": ADMIN,
    "POST /campaigns/{slug}/package/freeze": DECIDE,
    "POST /campaigns/{slug}/package/verify": BOARDS_DUTIES,
    "GET /campaigns/{slug}/package/{which}.zip": BOARDS_DUTIES,
    # the office's desk
    "GET /parked": ADMIN,
    "POST /parked/{parked_id}": ADMIN,
    "GET /sign": DECIDE,
    "POST /sign/{notice_id}": DECIDE,
    "GET /requests": ADMIN,
    "POST /requests/{request_id}": ADMIN,
    "POST /files/{submission_id}/{number}/withdrawal": frozenset({R.ADMIN, R.REVIEWER, R.CONTACT, R.UNIT_HEAD}),
    "POST /withdrawals/{withdrawal_id}": ADMIN,
    "GET /units": frozenset({R.ADMIN, R.AUDITOR}),
    "GET /units.xlsx": ADMIN,
    "POST /units/import": ADMIN,
    "GET /units/{code}": ADMIN,
    "GET /units/{code}/heirs.csv": ADMIN,
    "POST /units/{code}/change": ADMIN,
    "GET /calendar": BOARDS,
    "POST /calendar/import": ADMIN,
    "POST /calendar/days": ADMIN,
    "GET /users": ADMIN,
    "POST /users": ADMIN,
    "POST /users/{account_id}": ADMIN,
    "GET /log": JOURNAL,
    "GET /search": READ,
    # papers to units
    "GET /notices": frozenset({R.ADMIN, R.CONTACT, R.UNIT_HEAD, R.LEAD_UNIT}),
    "GET /notices/{notice_id}": frozenset({R.ADMIN, R.LEADER, R.CONTACT, R.UNIT_HEAD, R.LEAD_UNIT}),
    "POST /notices/{notice_id}/read": frozenset({R.ADMIN, R.CONTACT, R.UNIT_HEAD, R.LEAD_UNIT}),
    "GET /notices/{notice_id}/paper.docx": frozenset({R.ADMIN, R.LEADER, R.CONTACT, R.UNIT_HEAD, R.LEAD_UNIT}),
    "GET /notices/{notice_id}/slip.docx": DECIDE,
}


def rule_of(method: str, path: str) -> Rule | None:
    """`path` is the route's template, `/duties/{duty_id}`; HEAD is read as GET."""
    return ACCESS.get(f"{'GET' if method == 'HEAD' else method} {path}")
