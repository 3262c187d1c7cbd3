"""The errors that users read: one clear sentence in Chinese, the fact and what to do next.

The class picks the policy: `CampaignError` cannot succeed when tried again as it is; `RetryLater` can. Everything else that is raised
is a defect, and is reported as one.
"""

from __future__ import annotations


class CampaignError(Exception):
    """A refusal. `code` is stable for scripts and tests; `context` carries the ids concerned."""

    code = "refused"

    def __init__(self, message: str, *, code: str | None = None, **context: object) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.context = context


class NotFound(CampaignError):
    code = "not_found"


class BadPlan(CampaignError):
    code = "bad_plan"


class NotAllowed(CampaignError):
    code = "not_allowed"


class Conflict(CampaignError):
    code = "conflict"


class RetryLater(CampaignError):
    """Nothing is lost; the same call may succeed later."""

    code = "retry_later"
