"""What the run dialogs of Prefect offer: the campaigns that still run, with their phases."""

from __future__ import annotations

from campaign.engine.selects import CampaignChoice, PhaseChoice
from campaign.records.choices import running_phases
from campaign.records.store import Store


def list_choices(store: Store) -> list[CampaignChoice]:
    """Running campaigns by slug, their phases in order."""
    titles: dict[str, str] = {}
    phases: dict[str, list[PhaseChoice]] = {}
    with store.read() as tx:
        for one in running_phases(tx):
            titles[one.slug] = one.title
            phases.setdefault(one.slug, []).append(PhaseChoice(one.key, one.name, one.kind))
    return [CampaignChoice(slug, title, tuple(phases[slug])) for slug, title in titles.items()]
