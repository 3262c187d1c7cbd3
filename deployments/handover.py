"""Owns how a pass is put into Prefect's words: the deployment of its kind, its form, tags, key and actor. Implements the clock's Starter.

Also keeps the selects of the run dialogs fresh: a launch may happen while Prefect is down, so asking once would not do.
"""

from __future__ import annotations

from campaign.engine.client import Engine
from campaign.engine.forms import EVERY, CampaignForm, PassForm, PhaseForm, choice, parameters_of
from campaign.engine.names import deployment_of
from campaign.engine.runs import read_run, trigger
from campaign.engine.selects import CampaignChoice, refresh_selects
from campaign.records.campaigns import find_campaign, find_phase
from campaign.records.store import Store
from campaign.work.running.passes import PassRequest
from campaign.work.selects import list_choices
from deployments.clock import Course


class PrefectStarter:
    """Hands passes to Prefect through its API."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store = store
        self._engine = engine
        self._offered: tuple[CampaignChoice, ...] | None = None

    def start(self, request: PassRequest, attempt: int) -> tuple[str, int]:
        """`at` stays empty for a campaign in real time: the flow reads the time itself when it begins."""
        kind, form, tags = self._in_words(request)
        run, attempt = trigger(
            self._engine,
            deployment_of(request.name, kind),
            parameters_of(form),
            key=request_key(request),
            actor=request.actor,
            tags=tags,
            attempt=attempt,
            renew=True,
        )
        return run.id, attempt

    def course(self, run_id: str) -> Course:
        run = read_run(self._engine, run_id)
        if run is None or run.is_dead:
            return Course.DEAD
        return Course.DONE if run.is_final else Course.UNDER_WAY

    def refresh_selects(self) -> None:
        """Cheap when nothing changed: one query, no call."""
        choices = tuple(list_choices(self._store))
        if choices != self._offered:
            refresh_selects(self._engine, choices)
            self._offered = choices

    def forget_selects(self) -> None:
        """After deployments were registered anew."""
        self._offered = None

    def _in_words(self, request: PassRequest) -> tuple[str | None, PassForm, list[str]]:
        if request.campaign is None:
            return None, CampaignForm(reason=request.reason, due_key=request.due_key), []
        with self._store.read() as tx:
            campaign = find_campaign(tx, request.campaign)
            chosen = choice(campaign.slug, campaign.title)
            at = request.now if campaign.rehearsal else None
            if request.phase is None:
                form = CampaignForm(campaign=chosen, reason=request.reason, due_key=request.due_key, at=at)
                return None, form, [campaign.slug]
            phase = find_phase(tx, campaign, request.phase)
            phase_form = PhaseForm(campaign=chosen, phase=choice(phase.key, phase.name), reason=request.reason, due_key=request.due_key, at=at)
            return phase.kind, phase_form, [campaign.slug, phase.name]


def request_key(request: PassRequest) -> str:
    """`pass:due instant`, with campaign and phase where the pass has them; trigger() adds the attempt."""
    parts = (request.name, request.campaign or EVERY, request.phase or "", request.due_key)
    return ":".join(part for part in parts if part) if request.due_key else ""
