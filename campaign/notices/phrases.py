"""The set phrases of each kind of paper: one row a kind, so that an office's own wording is a change in one place.

Placeholders: {unit} 单位名称, {campaign} 方案名称(已加书名号), {count} 项数, {day} 截止统计的日期. A kind that is not listed gets the plain wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Phrases:
    """`gist` goes into the subject line; the salutation is not the unit where a paper speaks about it to somebody else."""

    gist: str
    opening: str
    closing: str
    salutation: str = "{unit}："
    due: str = "时限"
    reason: str = "说明"


PLAIN = Phrases(
    gist="{count} 项工作请办理",
    opening="根据{campaign}安排，现将下列 {count} 项工作通知如下，请按要求办理。",
    closing="办理结果请及时在工作台报送。",
)

PHRASES = MappingProxyType(
    {
        "任务分解通知": Phrases(
            gist="{count} 项任务",
            opening="根据{campaign}安排，现将你单位承担的 {count} 项任务分解如下，请明确专人负责，按时限和要求办理。",
            closing="办理结果和资料请在工作台报送。确有困难的，请在到期前提出延期申请；不属于本单位职责的，可申请退单并说明理由。",
        ),
        "工作提醒": Phrases(
            gist="{count} 项工作临近时限",
            opening="{campaign}中你单位承担的下列 {count} 项工作临近时限，请抓紧办理、按时报送。",
            closing="已经办结的，请及时在工作台报送；确有困难的，请在到期前提出延期申请。",
        ),
        "催办通知单": Phrases(
            gist="{count} 项工作逾期未办结",
            opening="截至{day}，{campaign}中你单位承担的下列 {count} 项工作超过规定时限，尚未办结，现予催办。",
            closing="请立即组织办理，并在工作台报送办理结果；一时难以办结的，请说明原因和预计完成时间。",
        ),
        "督办通知书": Phrases(
            gist="{count} 项工作逾期未办结",
            opening="截至{day}，{campaign}中你单位承担的下列 {count} 项工作超过规定时限仍未办结，现予督办。",
            closing="请单位主要负责人亲自研究，查明原因，明确措施和完成时间，尽快办结并在工作台报送办理结果。",
        ),
        "通报": Phrases(
            gist="{count} 项工作逾期未办结",
            opening="截至{day}，{campaign}中{unit}承担的下列 {count} 项工作超过规定时限仍未办结，现予通报。",
            closing="请责任单位认真查找原因，立即整改，并在工作台报送整改情况；请各有关单位引以为戒，按时完成所承担的工作。",
            salutation="各有关单位：",
        ),
        "提请问责建议函": Phrases(
            gist="{count} 项工作长期未办结",
            opening="{campaign}实施过程中，{unit}承担的下列 {count} 项工作超过规定时限，经逐级督办，截至{day}仍未办结。有关事项如下：",
            closing="督办文书、送达凭证和办理记录可在工作台调阅。是否予以问责、如何处理，请依规依纪依法研究决定。",
            salutation="有关机关：",
        ),
        "商请函": Phrases(
            gist="{count} 项工作商请支持",
            opening="为做好{campaign}有关工作，现有下列 {count} 项需贵单位支持，商请按时限办理。",
            closing="请将办理情况函告我办，或在工作台报送。专此函商，感谢支持。",
        ),
        "工作提醒函": Phrases(
            gist="{count} 项工作提请关注",
            opening="截至{day}，{campaign}中由贵单位承担或配合的下列 {count} 项工作尚在办理，现予提醒。",
            closing="请予关注并抓紧推进，办理情况请函告我办或在工作台报送。专此函达。",
        ),
        "工作情况报告": Phrases(
            gist="{count} 项工作情况",
            opening="截至{day}，{campaign}中有下列 {count} 项工作尚未办结，现将有关情况报告如下。",
            closing="以上情况，特此报告，恳请指导支持。",
        ),
        "整改通知单": Phrases(
            gist="{count} 个问题需整改",
            opening="经检查，你单位存在下列 {count} 个问题，请对照{campaign}要求，在规定时限内完成整改。",
            closing="整改完成后，请在工作台报送整改情况和佐证材料；经他人复核合格后方予销号。",
            due="整改时限",
        ),
        "退回补正通知": Phrases(
            gist="{count} 项材料需补正",
            opening="你单位为{campaign}报送的下列 {count} 项材料，经审核需要补正，现予退回。",
            closing="请对照退回意见修改完善，在时限内重新报送。",
            due="补正时限",
            reason="退回意见",
        ),
        "调整通知": Phrases(
            gist="{count} 项工作有调整",
            opening="因工作安排变化，{campaign}中你单位承担的下列 {count} 项工作作如下调整。",
            closing="请按调整后的要求和时限办理；调整前已经逾期的，仍按原时限计算。",
            due="调整后时限",
            reason="调整说明",
        ),
        "事项变动告知单": Phrases(
            gist="{count} 项工作有变动",
            opening="{campaign}中你单位承担的下列 {count} 项工作有变动，现予告知。",
            closing="不再办理的，已报送的材料予以保留；仍需办理的，请按所列时限办理。",
            reason="变动情况",
        ),
        "签收提醒": Phrases(
            gist="{count} 件文书待签收",
            opening="{campaign}发给你单位的下列 {count} 件文书已经送达，尚未签收。",
            closing="请登录工作台签收，或在纸质签收单上签字后交我办登记。签收与否，不影响所列事项的办理时限。",
            due="签收时限",
        ),
        "督办抄告单": Phrases(
            gist="{count} 项工作逾期督办",
            opening="截至{day}，{campaign}中由你单位牵头的下列 {count} 项工作，责任单位超过规定时限尚未办结，已发文督办，现予抄告。",
            closing="请牵头单位加强统筹协调，督促责任单位尽快办结。",
        ),
        "督办汇总单": Phrases(
            gist="{count} 项工作督办情况汇总",
            opening="{campaign}中下列 {count} 项工作已向责任单位发出提醒或督办文书。因您当日收到的消息已达上限，未逐件发送，现汇总告知。",
            closing="请予关注，督促责任单位抓紧办理；各件文书可在工作台查阅。",
            salutation="有关负责同志：",
        ),
        "签发提醒": Phrases(
            gist="{count} 件文书待签发",
            opening="{campaign}下列 {count} 件文书已经拟就，等待签发。",
            closing="请登录工作台审阅签发；不予签发的，请撤回并写明理由。",
            salutation="签发人：",
            due="签发时限",
        ),
        "督办情况报告": Phrases(
            gist="{count} 项内部事项逾期",
            opening="截至{day}，{campaign}办公室内部有下列 {count} 项事项超过时限尚未办结，现将情况报告如下。",
            closing="以上情况，请予督促。",
            salutation="领导小组：",
        ),
    }
)
