"""The JSON schema of PlanSpec, for editors that complete and check a plan's YAML.

Owns docs/plan-schema.json: `python -m campaign.plan.schema > docs/plan-schema.json` writes it, a test compares.
"""

from __future__ import annotations

import json
import sys

from campaign.plan.spec import PlanSpec


def schema() -> str:
    return json.dumps(PlanSpec.model_json_schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
