"""Kind of document by what it says, not by what its title claims.

Owns the evidence for each kind and its weight. Refuses to trust a title: files named 方案 hold reports, rules and notices. A report
is recognised by its grammar: things that were done stand with 了 and 已, plans stand with 要 and 将.
"""

from __future__ import annotations

import re

from campaign.plan.spec import PlanKind

_DONE = re.compile(
    r"取得了|得到了|完成了|召开了|成立了|开展了|制定了|建立了|组织了|进行了|制成了|开办了|形成了|设立了|投入了|下发了|举办了|营造了|实现了"
    r"|发放了|落实了|提高了|加强了|树立了|鼓舞了|推进了|增强了|改善了|解决了|出台了|传达了|提出了|清理了|整治了|新建|新增|新购"
    r"|共(?:发放|清理|出动|组织|召开|开展|拆除|处置|规范|投入|检查|整治|完成|计|参与)|已经?[^,。;]{0,6}(?:完成|建立|开展|成立|形成|达到|全部)"
    r"|(?:一年|半年|近年|几年|以来|自[^,。;]{2,20}以来)[,、]|总结如下|汇报如下"
    r"|成效(?:显著|明显)|圆满完成了|多次|先后|相继"
    r"|(?:召开|发放|悬挂|清理|拆除|签订|出动|整改|张贴|投入|清运|摸排|走访|化解|制作|举办|开展)[^,。;\d不少至每要]{0,14}\d+(?:余|多)?(?:次|份|条"
    r"|处|吨|人次|户|块|万元|场|期|起|件|宗)"
)
_SO_FAR = re.compile(r"(?:今年|近年|一年|半年|多年|几年|长期|创建)(?:以)?来,")
_PLANNED = re.compile(r"(?<![主重需首紧只想])要(?![求素点闻么位道件地])|将(?![于来军])|必须|应当|务必|力争|拟|计划(?:于|在)|严禁|不得|须")
_REPORT_TITLE = re.compile(r"(?:总结|汇报|报告|经验(?:材料|交流)?|做法|纪实|述职|情况)(?:材料|发言|稿)?[\s(篇第一二三四五六七八九十\d)]*$")
_DECLARES = re.compile(r"制[订定]|通知如下|如下(?:方案|计划|安排|意见)|提出|印发")
_REPORT_SAYS = re.compile(
    r"(?:总结|汇报|报告)如下|取得了[^。]{0,16}(?:成效|成绩|效果|进展)|主要(?:做法|成效)|存在(?:的)?(?:主要)?问题|回顾|现将[^。]{0,30}(?:情况"
    r"|工作)[^。]{0,10}(?:汇报|报告|总结)"
)
_EMERGENCY = re.compile(
    r"应急预案|预案$|疫情防控(?:工作)?(?:方案|预案|应急)|突发[^,。;]{0,16}(?:预案|应急处[理置])|应急处置(?:方案|预案)"
    r"|防汛(?:抗旱)?(?:应急)?(?:预案|方案)|防控工作[^。]{0,20}(?:特?制定|方案)|应急响应"
)
_EMERGENCY_DECLARED = re.compile(
    r"(?:制[订定]|印发)[^。]{0,16}(?:应急|防控)?(?:预案)|(?:疫情|疾病|灾害|突发|事故)[^。]{0,60}(?:防控|应急|处置)[^。]{0,60}(?:制定"
    r"|制订)[^。]{0,14}(?:方案|预案)"
)
_ARRANGES = re.compile(r"(?:作|做)出如下安排|安排如下|工作安排|计划如下|工作要点")
_RULES = re.compile(r"管理办法|管理(?:制度|规定|规范|方案|细则)|(?:特?制定|制订)本(?:办法|制度|规定|规则|细则|章程)|暂行(?:规定|办法)|岗位责任制")
_RULES_TITLE = re.compile(r"(?:制度|规定|管理办法|守则|规程)[\s(篇第一二三四五六七八九十\d)]*$")
_RULES_HEADING = re.compile(r"制度$|总则|附则|罚则|管理(?:办法|规定|原则|目标|方法)|工作职责|守则$|法律责任")
_NOTICE = re.compile(r"(?:有关|相关)?(?:事项|事宜|要求|安排)?通知如下|(?:决定|定于|拟)[^。]{0,40}(?:举办|开展|举行|组织)[^。]{0,30}(?:活动|比赛|大赛|竞赛)")
_EVENT_HEADING = re.compile(
    r"(?:活动|比赛)?(?:主题|时间|地点|对象|名称|形式|流程|准备|由头|报名|参赛|主办|承办|协办|奖项|评奖|目的|口号|意义)(?:单位|办法|方法|要求"
    r"|设置|与.{1,4})?$|参加(?:人员|对象)|活动前期"
)
_CREATES = re.compile(
    r"创建|争创|创评|迎检|爱国卫生|运动(?!会|员|场|队|服)|复审|百日|专项(?:整治|行动|治理)|宣传月|攻坚|集中整治"
    r"|提升行动|达标|示范(?:社区|村|街道|单位|校|城)|评选|大行动|(?:整治|治理)行动|活动月|活动周|文明城市|卫生城|综合整治"
)
_DECLARES_CREATION = re.compile(r"(?:制[订定]|提出|如下)[^。]{0,60}(?:方案|意见)")
_MONTH_OF = re.compile(r"(?:宣传|活动|生产|质量|教育|建设|整治|服务|卫生)[月周](?:[”\"]|活动|实施|工作|方案)")
_STANDING = re.compile(
    r"工作计划|工作要点|年度计划|志愿(?:者)?(?:服务|活动)|帮扶(?=工作|计划|村|对象|活动)|扶贫|工作安排|如下安排|三年规划|培训计划|教学计划|工作思路"
)


def kind_of(title: str, opening: str, headings: list[str], body: str, *, phases: int) -> PlanKind:
    """Kind by title, opening paragraphs, top headings and body; `phases` is the number of stages that were found."""
    if _is_report(title, opening, headings, body, phases):
        return PlanKind.REPORT
    if _is_emergency(title, opening, body, phases):
        return PlanKind.EMERGENCY_PLAN
    events = sum(bool(_EVENT_HEADING.search(h)) for h in headings)
    rules = sum(bool(_RULES_HEADING.search(h)) for h in headings)
    if _RULES.search(opening[:800]) and not _CREATES.search(title[-12:] if len(title) < 12 else "") and phases < 2 and not events:
        return PlanKind.MANAGEMENT_RULES
    if (_RULES_TITLE.search(title) or (rules >= 2 and rules * 2 >= len(headings))) and phases < 2:
        return PlanKind.MANAGEMENT_RULES
    if _MONTH_OF.search(f"{title}\n{opening}") and "通知如下" not in opening:
        return PlanKind.CAMPAIGN_PLAN
    if _CREATES.search(title) and title.rstrip().endswith(("方案", "意见")) and "通知如下" not in opening and events < 3:
        return PlanKind.CAMPAIGN_PLAN
    if ("通知如下" in opening and (phases < 2 or events)) or (phases < 2 and (events >= 2 or _NOTICE.search(opening))) or events >= 4:
        return PlanKind.ACTIVITY_NOTICE
    if phases >= 2:
        return PlanKind.CAMPAIGN_PLAN
    declared = _DECLARES_CREATION.search(opening)
    if _STANDING.search(opening) and not (declared and _CREATES.search(declared.group(0))):
        return PlanKind.WORK_PLAN
    if _ARRANGES.search(opening):
        return PlanKind.WORK_PLAN
    return (
        PlanKind.CAMPAIGN_PLAN
        if (_CREATES.search(opening) and (declared or re.search(r"创建[^。]{0,20}方案", opening))) or _goal(opening, headings)
        else PlanKind.WORK_PLAN
    )


def _goal(opening: str, headings: list[str]) -> bool:
    return bool(_CREATES.search(opening) and any(re.search(r"创建|争创|目标", h) for h in headings))


def _is_report(title: str, opening: str, headings: list[str], body: str, phases: int) -> bool:
    done, planned = len(_DONE.findall(body)), len(_PLANNED.findall(body))
    score = 0.0
    score += 2.0 if _REPORT_SAYS.search(opening) else 0
    score += 1.0 if any(_REPORT_SAYS.search(h) or re.search(r"成效|做法|存在.{0,4}问题|下一步", h) for h in headings) else 0
    score += 1.5 if _REPORT_TITLE.search(title) else 0
    per_thousand = done * 1000 / max(400, len(body)) if done >= 4 else 0
    score += 2.0 if per_thousand >= 4 else 1.0 if per_thousand >= 2.5 else 0
    score += 1.0 if _SO_FAR.search(opening) and not _DECLARES.search(opening) else 0
    score += 1.0 if done >= 6 and not _DECLARES.search(opening) else 0
    score += 1.0 if done > planned else 0
    score -= 2.0 if phases >= 2 or re.search(r"(?:事项|事宜|安排|要求)通知如下", opening) else 0
    score -= 1.0 if re.search(r"特?制[订定](?:本|此|如下|以下|[^。,]{0,24}方案)", opening) else 0
    return score >= 2.0


def _is_emergency(title: str, opening: str, body: str, phases: int) -> bool:
    if _ARRANGES.search(opening) or phases >= 3:
        return False
    return bool(
        _EMERGENCY.search(title) or _EMERGENCY_DECLARED.search(opening) or (_EMERGENCY.search(opening) and len(re.findall(r"疫情|应急|突发", body)) >= 8)
    )
