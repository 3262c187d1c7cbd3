"""What a run shows beside its task runs: tables as artifacts, tags for campaign and phase.

Owns keys and Chinese headings of artifacts. Bounded on purpose: an artifact is for a look, the whole list is in the portal.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext

from campaign.work.running.passes import PassContext, PassRequest, PassSummary

MOST_ROWS = 200
HEADINGS = {
    "progress": "进度表",
    "overdue": "红灯事项（逾期）清单",
    "notices": "本次生成和发出的文书",
    "gate": "转段障碍",
    "bulletin": "简报",
    "digest": "日报",
}


AS_TEXT = ("bulletin", "digest")
"""What is written as a page and would be a single crowded cell in a table."""


async def show_tables(summary: PassSummary, request: PassRequest, pages: Mapping[str, str]) -> None:
    """One artifact a table, with the portal's page of the same. Its key names pass, campaign and phase, so that Prefect keeps the history of each apart."""
    scope = artifact_key(request.name, request.campaign or "", request.phase or "")
    for name, rows in summary.tables.items():
        key, heading = artifact_key(name, scope), _heading(name, rows, pages[name])
        if name in AS_TEXT:
            await acreate_markdown_artifact(key=key, markdown="\n\n".join(str(text) for row in rows for text in row.values()), description=heading)
        else:
            await acreate_table_artifact(key=key, table=rows[:MOST_ROWS], description=heading)


def _heading(name: str, rows: list[dict[str, Any]], page: str) -> str:
    more = f"，此处列出前 {MOST_ROWS} 项" if len(rows) > MOST_ROWS else ""
    return f"## {HEADINGS.get(name, name)}\n\n共 {len(rows)} 项{more}。[在门户中查看]({page})"


def artifact_key(*parts: str) -> str:
    """Lower-case ASCII, digits and dashes, as Prefect demands; what cannot be written so is told apart by a short hash."""
    words = []
    for part in parts:
        word = re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")
        if part and (not word or not part.isascii()):
            word = f"{word}-{hashlib.sha256(part.encode()).hexdigest()[:8]}".strip("-")
        words.append(word)
    return "-".join(word for word in words if word)


async def tag_run(ctx: PassContext) -> None:
    """Campaign and phase as tags of the run, whoever started it: the clock gave them along, Prefect's dialog could not."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        return
    tags = set(context.flow_run.tags) | {tag for tag in (ctx.campaign_title, ctx.phase_label) if tag}
    if tags != set(context.flow_run.tags):
        async with get_client() as client:
            await client.update_flow_run(context.flow_run.id, tags=sorted(tags))
