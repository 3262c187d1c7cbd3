"""Which review is for what: config/review_chains.yaml read into a campaign's choices, and a chain put in force by a person.

Refuses a choice that names no chain, no duty kind or no item there is: it would silently choose nothing.
"""

from __future__ import annotations

from pathlib import Path

from sqlmodel import Session

from campaign.errors import CampaignError, NotFound
from campaign.records.duty.review_chains import choose_chain, store_chain
from campaign.records.log import write_event
from campaign.records.planning import registry
from campaign.records.tables import Campaign
from campaign.rules.review_chain import BadChain, Chain, parse_chains
from campaign.rules.splitting import SPLIT_KINDS
from campaign.work.by import By
from campaign.work.planning.ladder_choices import stored_ladder

CHAINS = "review_chains.yaml"
ALONE = "office"
"""The name under which the office's review alone is chosen: it needs no chain."""


def read_chains(path: Path) -> tuple[dict[str, Chain], list[dict[str, str]]]:
    if not path.is_file():
        return {}, []
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        root = YAML(typ="safe").load(path.read_text("utf-8"))
    except YAMLError as error:
        raise BadChain(f"{path.name} 不是有效的 YAML：缩进、冒号或引号有误。", source=path.name) from error
    return parse_chains(root, path.name)


def choose_chains(tx: Session, campaign: Campaign, ladders: Path) -> None:
    """What the file beside the folder of ladders says for every campaign; none is needed. Items that this plan does not have are passed over."""
    chains, choices = read_chains(ladders.parent / CHAINS)
    for choice in choices:
        _kind_known(choice.get("duty", ""))
        choose_chain(tx, campaign.id, _stored(tx, chains[choice["chain"]], ladders), item_key=choice.get("item", ""), duty_kind=choice.get("duty", ""))


def put_chain_in_force(tx: Session, campaign: Campaign, name: str, by: By, *, ladders: Path, duty_kind: str = "", item_key: str = "") -> Chain:
    """From now on new versions go through this chain: of the whole campaign, a duty kind, an item. What is under review goes on as it began."""
    if not by.reason.strip():
        raise CampaignError("更换审核流程须写明理由：请加 --reason。", code="no_reason")
    chains, _ = read_chains(ladders.parent / CHAINS)
    if name not in chains:
        raise NotFound(f"没有名为「{name}」的审核流程。现有：{'、'.join(chains)}（见 config/{CHAINS}）。", code="no_chain", asked=name)
    _kind_known(duty_kind)
    if item_key and item_key not in {item.key for item in registry.items_of(tx, campaign)}:
        raise NotFound(f"「{campaign.title}」没有 key 为「{item_key}」的任务。", code="no_item", asked=item_key)
    choose_chain(tx, campaign.id, _stored(tx, chains[name], ladders), item_key=item_key, duty_kind=duty_kind)
    write_event(tx, at=by.now, actor=by.actor, verb="choose_chain", reason=by.reason, campaign_id=campaign.id,
                detail={"chain": name, "duty": duty_kind, "item": item_key})  # fmt: skip
    return chains[name]


def _stored(tx: Session, chain: Chain, ladders: Path) -> int | None:
    if chain.name == ALONE and len(chain.steps) == 1:
        return None
    return store_chain(tx, chain, {step.ladder: stored_ladder(tx, ladders, step.ladder) for step in chain.steps if step.ladder})


def _kind_known(kind: str) -> None:
    if kind and kind not in SPLIT_KINDS:
        raise BadChain(f"审核流程不能用于事项类别「{kind}」：可用的有 {'、'.join(SPLIT_KINDS)}。")
