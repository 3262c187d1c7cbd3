"""Sentences that only point to where the tasks stand: 按任务分解表组织实施, 各责任单位对照附件2逐项推进.

Owns the question whether a sentence is nothing but such a pointer: its words come in the order "by what, do", and none is left when those that
any such sentence may use are taken out. One that says more (a time, a paper, a unit by its name, another thing to do) is a task, whatever it
points to: leaving out a task is worse than asking for the lead unit of none.
"""

from __future__ import annotations

import re

_POINTED = r"分解表|任务表|分工表|进度表|安排表|计划表|清单|台账|方案|分工|附件|《[^》]{2,40}》"
_SHAPE = re.compile(
    rf"(?:按照?|依据|依照|根据|对照|遵照|参照).{{0,24}}?(?:{_POINTED}).{{0,24}}?(?:实施|落实|推进|推动|开展|执行|办理|完成|做好|各负其责|各司其职)"
)
_WORDS = re.compile(
    rf"{_POINTED}|\((?:见|详见)?附件\d*\)|(?<=附件)[\d一二三四五六七八九十]+"
    # who, as long as nobody is named
    "|各负其责|各司其职|各项|各级|各有关|各相关|有关|相关|全体|所有|各|责任|成员|牵头|配合|参建|职能|承办|主管|单位|部门|镇街|街道|乡镇|社区|村居|学校|科室|股室|班组|工作组|专班"
    # by what
    "|按照?|依据|依照|根据|对照|遵照|参照|本|上述|以上|前述|既定|印发|下发|后附|所附|所列|列明|明确|规定|确定|实施|工作|任务|职责|目标|重点|创建|整治|测评|迎检|整改|问题|项目|活动"
    "|分解|要求|安排|内容|时限|节点|步骤|部署|进度"
    # do
    "|应当|必须|要|应|须|需|将|请|均|都|分别|切实|严格|认真|全面|继续|抓紧|统一|逐项|逐条|分头|具体|有序|全力|扎实|主动|深入|组织|抓好|狠抓|做好|推进|推动|开展|贯彻|落实|执行|办理|完成|到位"
    "|分工负责|抓|予以|加以|的|中|和|与|及|并|、|,|:"
)


def only_points(sentence: str) -> bool:
    """Whether a sentence without its number says nothing but that the tasks written elsewhere are to be done."""
    words = re.sub(r"\s+", "", sentence).replace("，", ",").replace("（", "(").replace("）", ")").rstrip("。;；.")
    return bool(_SHAPE.search(words)) and not _WORDS.sub("", words)
