"""Opens and migrates the records once, before several processes want them at the same time: `python -m deployments.prepare`."""

from __future__ import annotations

import sys

from campaign.errors import CampaignError
from campaign.records.store import Store
from config.settings import load_settings


def main() -> int:
    try:
        settings = load_settings()
        Store.open(settings.data_dir, settings.database_url).close()
    except CampaignError as refusal:
        print(refusal.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
