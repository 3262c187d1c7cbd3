"""Papers and records that a text asks to write, keep or hand in, in the text's words.

Owns the nouns of paper (方案, 总结, 台账, 记录, 责任书 …) and the verbs that make one due. Refuses 宣传栏, 横幅, tools and goods, and a
book that is only quoted (按照《…》). Also reads who gets it, how many copies, and in which form.
"""

from __future__ import annotations

import re
from typing import Literal

from campaign.plan.spec import Material

_PAPER = (
    "实施方案|工作方案|活动方案|方案|总结|工作小结|小结|台账|台帐|记录簿|记录本|记录表|记录|责任书|责任状|承诺书|协议书|协议|合同|图片资料|图片"
    "|照片|图像资料|影像资料|视频资料|视频|音像|文字资料|书面材料|书面总结|材料|资料|档案"
    "|清单|名单|花名册|名册|报表|统计表|登记表|汇总表|信息表|明细表|申报表|申请表|报名表|申报书|申请书|任务书|分解表|一览表|计划表|评分表"
    "|自查表|调查表|问卷|简报|(?<!每)周报|(?<!每)月报|专报|(?<!每)日报|快报|信息稿|新闻稿|稿件|新闻|报告|自查报告|通知书|告知书|指令书|通知单"
    "|整改单|意见书|倡议书|公开信|明白卡|连心卡|联系卡|工作计划|计划|规划|预案|应急预案|规章制度|管理制度|管理办法|制度|细则|办法|公约|守则"
    "|手册|指南|汇编|画册|宣传册|宣传单|宣传片|幻灯片?|介绍信|心得体会|心得|感想|感悟|作品|作文|征文|教案"
    "|课件|日志|工作日志|会议纪要|纪要|签到表|票据|收据|证书|标准|规范|要求表|总体安排|活动安排|汇报|讲话|文件|意见|目录|品目|手抄报|一封信"
    "|工作信息|活动信息|(?:登记|统计|汇总|评分|考核|检查|申报|报名|测评|打分|记录|信息|调查|任务|进度|情况|反馈|公示|值班|排班|安排|分解|自查"
    "|审批|审核|签到)表"
)
_END = re.compile(
    rf"(?:{_PAPER})(?=[,。;:、)）和与及等的并,或并\s进报上交至到]|$|组织上报|收集|整理|归档|上报|准备|审核|目标|电子|纸质|一式|\d|[形成后]"
    rf"|[存归备交报送提汇签发张填于在按及以统由(])"
)
_VERB = re.compile(
    r"制定|制订|拟定|拟订|起草|编制|编印|编写|编发|撰写|填写|填报|填好|上报|报送|报|提交|递交|上交|交|送|发放|印发|下发|下达|签订|签署|形成|建立"
    r"|建好|建全|健全|完善|收集|整理|归档|汇总|留存|保存|保留|制作|印制|设立|做好|完成|出台|有(?!效|序|力"
    r"|关|机|计划|序)|提出|提供|准备|发至|发送|报备|存档|发布|张贴|推送|征集|登记|以|负责"
)
_BOOK = re.compile(r"《([^《》]{2,30})》")
_BOOK_VERB = re.compile(r"(?:填写|下达|下发|签订|发放|印发|出具|制定|提交|上报|报送|张贴|提供|建立|完成|报)[^,。;《》]{0,10}$|、$")
_BOOK_PAPER = re.compile(rf"(?:{_PAPER}|表|书|单|卡|册|记录)$")
_CUT = re.compile(
    r".*(?:制定|制订|制作|印制|修订|拟定|起草|编制|编印|编写|编发|撰写|填写|填报|上报|报送|提交|递交|上交|交(?![通流警易接])|发放|印发|下发|下达|签订|签署|形成|建立健全|建立"
    r"|建好|健全|完善|收集|整理|归档|汇总(?!表)|留存|保存|设立|做好|完成|出台|提供|准备|负责|张贴|将"
    r"|把|好|以|使用|由|有)(?:一套|一份|一个|一册|好|了|各类|各项(?!协议)|相关的|有关的)?"
)
_MEASURE = re.compile(
    r"^(?:[一两二三四\d]次|一套|一份|一个|一期|一批|本|本次|其|该|各自的?|相应的?|切合实际的|切实可行的|具体的?|专门的|详细的?|健全的|完整的)"
)
_NOT = re.compile(
    r"高标准|纳入|^(?:要(?!求|闻)|应(?!急)|须(?!知)|向|及时)|(?:征求|征集|听取|代表)[^,]{0,10}意见$|(?:文明|有序|统一)规范$|(?:宣传|活动|建设|服务|工作|文明|卫生|教育|行为|技术)?(?:信息化|标准化|规范化|制度化)|信息(?:技术|平台|系统|公开|化|网)|(?:学习|宣传|贯彻"
    r"|落实)[^,]{0,8}(?:精神|文件)"
)
_TOO_BARE = frozenset(("报告", "办法", "标准", "规范", "要求", "意见", "计划", "汇报", "制度", "新闻", "讲话", "证书", "守则", "规划"))
_COPIES = re.compile(r"一式([一二两三四五六七八九十\d]{1,2})份")
_RECIPIENT = re.compile(
    r"(?<![通汇简申填])(?:上?报送?(?!告|道|名|表|纸|酬|刊)|上报至?|交(?![通流警易接])至?|送交?|提交至?|报至)(?:给|到|至)?(?P<to>[\u4e00-\u9fff“”()]{1,16}?(?:局"
    r"|办|委|科|处|室|组|部|部门|中心|办公室|指挥部|街道|社区|镇"
    r"|政府|站|学校|院|团委))(?=[,。;备审汇存]|$)"
)


def materials_of(text: str) -> tuple[Material, ...]:
    """Papers that a folded text asks for, in its words; at most eight."""
    names: list[str] = []
    for clause in re.split(r"[。;\n]", text):
        names.extend(_quoted(clause))
        plain = _BOOK.sub(lambda m: "《" + "某" * len(m.group(1)) + "》", clause)
        for part in re.split(r",|:", plain):
            names.extend(_in_clause(part))
    kept: list[str] = []
    for name in names:
        if name not in kept and not any(name in k or k in name for k in kept if len(k) > 2 and len(name) <= len(k)):
            kept.append(name)
    form, copies = form_of(text), _copies(text)
    return tuple(Material(name=name, form=form, copies=copies) for name in kept[:8])


def form_of(text: str) -> Literal["electronic", "paper", "both"] | None:
    electronic, paper = bool(re.search(r"电子(?:版|稿|文档|档)|邮箱|公邮", text)), bool(re.search(r"纸质|书面|盖章|打印", text))
    if electronic and paper:
        return "both"
    return "electronic" if electronic else "paper" if paper else None


def recipient_of(text: str) -> str | None:
    """Who gets it: 报市局审定 → 市局."""
    found = _RECIPIENT.search(text)
    return found.group("to") if found else None


def _copies(text: str) -> int | None:
    from campaign.plan.normal import number

    found = _COPIES.search(text)
    return number(found.group(1)) if found else None


def _quoted(clause: str) -> list[str]:
    return [
        f"《{m.group(1)}》" for m in _BOOK.finditer(clause) if _BOOK_PAPER.search(m.group(1)) and _BOOK_VERB.search(clause[max(0, m.start() - 14) : m.start()])
    ]


def _in_clause(clause: str) -> list[str]:
    if not _VERB.search(clause):
        return []
    found: list[str] = []
    start = 0
    ends = list(_END.finditer(clause))
    for m in ends:
        piece = clause[start : m.end()]
        name = _name(piece)
        start = m.end()
        if name and "某" not in name and not _NOT.search(name):
            found.append(name)
    return found


def _name(piece: str) -> str | None:
    """The noun phrase at the end of a piece: 负责起草工作规划 → 工作规划."""
    words = _CUT.sub("", re.sub(r"^[、和与及]", "", piece[-44:]))
    words = words.rsplit("、", 1)[-1] if "、" in words else words
    for joint in ("的", "等", "以及", "相关", "有关"):
        _, found, tail = words.rpartition(joint)
        if found and len(tail) >= 2:
            words = tail
    words = re.sub(r"^(?:和|与|及|并|或|对|等)", "", _MEASURE.sub("", words)).strip(' “”"、-')
    return (
        words
        if 2 <= len(words) <= 18 and not re.search(r"[(),。]", words) and words not in _TOO_BARE and not re.search(r"实行|坚持|落实|执行|严格|按照|每", words)
        else None
    )


_KEEPING = re.compile(r"(?:严格|认真|切实|进一步)?(?:落实|执行|遵守|规范|优化|加强|严格|学习|贯彻|实施|推行|坚持)")


def named_material(label: str) -> tuple[Material, ...]:
    """A label that is itself the paper: 企业画册, 公司宣传片和产品宣传片."""
    words = label.strip()
    if re.search(r"[,。;:、]", words):
        return ()
    told = 2 <= len(words) <= 18 and re.search(rf"(?:{_PAPER})$", words) and not _CUT.match(words) and not _KEEPING.match(words)
    return (Material(name=words),) if told else ()
