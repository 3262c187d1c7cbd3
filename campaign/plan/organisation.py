"""The leading group of a plan: its name, heads, deputies, members, office and work groups.

Owns the three ways in which plans name them: lines (组长:…), sentences (以X为组长, 由X任组长) and lists (下设综合组、宣传组).
Refuses volunteers, networks and subordinate stations as groups, and keeps a masked name as the post alone.
"""

from __future__ import annotations

import re

from campaign.plan.charges import charge_of_lines
from campaign.plan.normal import squeezed
from campaign.plan.outline import Node, Para
from campaign.plan.sections import Role
from campaign.plan.spec import Group, Office, Organisation, Person
from campaign.plan.units import name_of_body, names_in

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺"
    "倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危"
    "江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊甄曲家封储靳松井段富"
    "巫乌焦巴弓牧隗山谷车侯宓蓬全班仰秋仲伊宫宁仇栾甘厉戎祖武符刘景詹束龙叶幸司韶黎薄印宿白怀蒲从索赖卓蔺屠蒙池乔胥能苍双闻莘翟谭贡劳逄姬申扶冉宰"
    "郦桑桂濮牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎充慕连茹习艾鱼容向古易慎戈廖庾终衡步都耿满弘匡国文寇广禄阙东欧沃利师巩聂关荆肖邸"
)
_TITLE = (
    r"(?:党委|党组|党支部|支部|总支|工会|副|常务|第一)*(?:书记|主任|局长|校长|院长|镇长|乡长|区长|县长|市长|科长|处长|部长|站长"
    r"|所长|队长|经理|主席|总裁|董事长|园长|馆长|一把手|主任委员|主要领导|分管领导|负责人)"
)
_HEAD_WORD = r"(?:组长|总指挥长?|指挥长|总队长|主任委员|总负责人?)"
_HEAD_LINE = re.compile(rf"(?:^|[\s。;(]|(?<=小组))(?:(?:领导)?小组|指挥部|委员会)?(?:第一|常务)?(?P<role>{_HEAD_WORD}|主任|队长)\s*:\s*(?P<names>[^\n]*)")
_GLUED_HEAD = re.compile(r"成立[^。:]{0,20}小组组长\s*:")
_DEPUTY_LINE = re.compile(r"(?:^|\s)(?:常务)?(?P<role>副组长|副总指挥长?|副指挥长|副主任(?:委员)?|副队长)\s*:\s*(?P<names>[^\n]*)")
_MEMBER_LINE = re.compile(r"(?:^|\s)(?:成员|组员|委员|队员)(?:单位)?\s*:\s*(?P<names>[^\n]*)")
_AS_HEAD = re.compile(rf"以(?P<names>[^,。;:以]{{2,30}}?)(?:(?<!负责)同志)?为(?:第一)?{_HEAD_WORD}")
_TAKES_HEAD = re.compile(
    rf"(?:(?<![一-龥])由|,|、|^)?(?P<names>[^,。;:由]{{2,24}}?)(?:同志)?(?:担)?任(?:第一|领导小组|小组)?(?P<role>{_HEAD_WORD}|主任|队长)(?!单位|助理)"
)
_HEAD_IS = re.compile(rf"(?<!副)(?:领导小组|小组|工作组)?{_HEAD_WORD}(?:由|为|是)(?P<names>[^,。;:]{{2,24}}?)(?:同志)?(?:(?:兼|担)任)?(?=[,。;]|$)")
_DEPUTY = re.compile(
    r"(?:,|、|^|由)(?P<names>[^,。;:由]{2,40}?)(?:同志)?(?:为|(?:担)?任)(?:常务)?副(?:组长|总指挥|主任|指挥长)|副组长(?:由"
    r"|为)(?P<told>[^,。;:]{2,30}?)(?:同志)?(?:担任|兼任)?(?=[,。;]|$)"
)
_MEMBERS = re.compile(r"(?:,|、|由)(?P<names>[^,。;:由]{2,120}?)(?:同志)?等?为(?:小组)?(?:成员|组员)")
_GROUP_NAME = re.compile(r"(?P<name>[\u4e00-\u9fff“”\"·]{0,24}?(?:领导小组|指挥部|工作委员会|领导组|爱卫会组织))")
_OFFICE = re.compile(
    r"(?P<of>[\u4e00-\u9fff“”]{0,24}(?:领导小组|指挥部|委员会|领导组|小组))?(?:办公室)?(?:下设|设立|设"
    r"|下设有)(?:立)?(?:(?:一个)?(?P<name>[\u4e00-\u9fff“”]{0,10}办公室)"
    r"|(?=[^。]{0,4}办公室))"
)
_OFFICE_NAME = re.compile(r"(?P<name>[\u4e00-\u9fff“”]{0,16}(?:领导小组|指挥部)(?:下设|设)?办公室)")
_SEAT = re.compile(r"办公室[^。;]{0,10}设在(?P<seat>[^,。;:()]{2,16})")
_DIRECTOR = re.compile(
    r"(?:办公室主任(?:由|:|为)(?P<a>[^,。;:\n]{2,24}?)(?:同志)?(?:兼任|担任|兼|任)?(?=[,。;\n]|$)|(?:由)?(?P<b>[^,。;:由\n]{2,20}?)(?:同志)?(?:兼任"
    r"|担任|兼|任)(?:办公室|该办)?主任)"
)
_BELOW = re.compile(r"下(?:设|辖)(?:有|立)?(?:的)?:?(?P<names>[^。;]{2,160})")
_TEAM = r"(?:组|工作队|分队|队伍|专班|队)"
_SET_UP = re.compile(
    r"(?:成立|建立|组建|设立|组成|发挥|抽调[^,。]{0,12}组成)(?:由[^,。]{0,20}组成的|以[^,。]{0,30}为[^,。]{2,6}的)?(?P<name>(?!以)[\u4e00-\u9fff“”]{2,22}?(?:小组|工作组|工作队"
    r"|工作专班|专班|督导组|督查组|检查组))(?=[,。;、]|$"
    r"|的作用|负责|由|,|对|开展)"
)
_NO_TEAM = re.compile(r"领导小组|领导组|志愿|组织(?!组)|义务|居民小组|村民小组|各(?:小)?组|党小组|兴趣|小分队$|队伍建设|学习小组|临时")
_LEAD_LINE = re.compile(r"(?:组长|牵头责任?(?:单位|科室|部门)|牵头单位|责任科室)\s*:\s*(?P<names>[^\n]*)")

_NO_PERSON = re.compile(r"^(?:传达|全面|主持|负责|组织|统筹|策划|协调|领导|安排|制定|总结)[\u4e00-\u9fff]{3,}|(?:组|专班|工作队)$")


def organisation_of(root: Node, roles: dict[Node, Role], paras: list[Para], *, is_report: bool) -> Organisation:
    """Everything that the text states about who runs the campaign."""
    text = "\n".join(p.text for p in paras)
    groups = _groups(root, roles, text)
    office, listed = _office(root, text)
    known = {squeezed(g.name) for g in groups}
    groups += [Group(name=n) for n in listed if squeezed(n) not in known and not (office and office.name == n)]
    return Organisation(
        name=_name(text), head=_heads(root, roles, text), deputies=_people_after(_DEPUTY_LINE, _DEPUTY, text), members=_members(text), office=office,
        groups=() if is_report else tuple(g for g in groups if not (office and squeezed(g.name) == squeezed(office.name or ""))),
    )  # fmt: skip


def person(text: str) -> Person | None:
    """张三(局长), 张三局长, 社区主任, __(副局长): a name where there is one, else the post."""
    apart = re.fullmatch(rf"\s*([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})\s+([\u4e00-\u9fff、]{{2,24}})\s*", text)
    if apart and _is_name(apart.group(1)):
        return Person(name=apart.group(1), position=apart.group(2))
    words = re.sub(r"[_x*…]{2,}|-{2,}|(?<!负责)同志|\s", "", text).strip(" ,.、:;。")
    inner = re.fullmatch(r"([^()]*)\(([^()]*)\)?", words)
    if inner:
        name, position = inner.group(1), inner.group(2)
        return Person(name=name or None, position=position or None) if name or position else None
    found = re.fullmatch(rf"([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})({_TITLE})", words)
    if found and not re.search(r"副|社区|学校|街道|支部|小区|党", found.group(1)):
        return Person(name=found.group(1), position=found.group(2))
    if (found := re.fullmatch(rf"(\S{{0,10}}?{_TITLE})([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})", words)) and _is_name(found.group(2)):
        return Person(name=found.group(2), position=found.group(1))
    if len(words) == 1 and words in _SURNAMES:
        return Person(name=text.strip(" ,.、:;。"))
    if not 2 <= len(words) <= 30 or _NO_PERSON.search(words) or words in ("成员", "组员", "委员", "队员", "副组长"):
        return None
    return Person(name=words) if _is_name(words) else Person(position=words)


def _is_name(words: str) -> bool:
    return 2 <= len(words) <= 3 and words[0] in _SURNAMES and not re.search(rf"{_TITLE}$|长$|社区|学校", words)


def _persons(text: str) -> tuple[Person, ...]:
    text = re.sub(r"\s*(?:常务)?(?:副组长|副?总指挥|副主任|成员(?:单位)?|组员)\s*:.*$|。.*$", "", text)
    text = re.sub(rf"(?<![\u4e00-\u9fff])([{_SURNAMES}])\s([\u4e00-\u9fff])(?=\s|$|\()", r"\1\2", text)
    if re.search(r"[一-龥]\([^()]*、[^()]*\)|^[_x*\s]*\([^()]*\)$", text):
        found = person(text)
        return (found,) if found else ()
    parts = re.split(rf"[、;,]|\s+(?=[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}(?:[_x*]|\(|\s|$))", text.strip())
    return tuple(p for p in (person(part) for part in parts if part.strip(" .。,…_")) if p)


def _heads(root: Node, roles: dict[Node, Role], text: str) -> tuple[Person, ...]:
    group_lines = {
        p.line
        for node in root.walk()
        if node.kind != "root"
        and node.level >= 1
        and re.search(rf"{_TEAM}$|办公室$", name_of_body(node.heading) or "")
        and not re.search("领导|指挥", node.heading)
        for p in node.paras
    }
    by_line = {p.line for node in root.walk() for p in node.paras} - group_lines
    found: list[Person] = []
    spoken = bool(_AS_HEAD.search(text))
    for node in root.walk():
        for para in [*([node.own] if node.own and _GLUED_HEAD.search(node.own.text) else []), *node.paras, *([node.body] if node.body else [])]:
            if para.line in group_lines and para.line not in by_line:
                continue
            row = _HEAD_LINE.search(para.text)
            if (
                row
                and not re.search(r"副|办公室|联系", para.text[max(0, row.start() - 3) : row.start("role")])
                and (row.group("role") not in ("主任", "队长") or not (found or spoken))
            ):
                found.extend(_persons(row.group("names")))
        if found:
            return tuple(found)
    told = [s for s in re.split(r"[。\n]", text) if re.search(r"组长|指挥|主任|队长|负责人", s)]
    for pattern in (_AS_HEAD, _HEAD_IS, _TAKES_HEAD):
        for m, sentence in ((m, s[: m.start("names")]) for s in told for m in pattern.finditer(s)):
            role = m.groupdict().get("role") or "组长"
            if role in ("主任", "队长") and (re.search(r"办公室|工作队|队伍", sentence[-40:] + m.group("names")) or not re.search(r"成立|设立|组织", sentence)):
                continue
            names = _last_post(re.sub(r"^(?:成立|由|以)", "", m.group("names")))
            if people := _persons(names):
                return people
    return ()


def _last_post(names: str) -> str:
    """党委书记、局长王某 is one person with two posts: the posts before a name belong to it."""
    parts = re.split("、", names)
    told = [person(part) for part in parts]
    if len(parts) > 1 and all(p and p.position and not p.name for p in told[:-1]) and told[-1] and told[-1].name and told[-1].position:
        return f"{told[-1].name}({'、'.join([*parts[:-1], told[-1].position])})"
    return names


def _people_after(line: re.Pattern[str], sentence: re.Pattern[str], text: str) -> tuple[Person, ...]:
    found: list[Person] = []
    for m in line.finditer(text):
        found.extend(_persons(m.group("names")))
    if not found and (told := sentence.search(text)):
        found.extend(p for part in names_in(told.group("names") or told.group("told")) if (p := person(part)))
    return tuple(dict.fromkeys(found))


def _members(text: str) -> tuple[str, ...]:
    if m := _MEMBER_LINE.search(text):
        return tuple(n for n in names_in(re.sub(r"\s+", "、", m.group("names"))) if n)[:60]
    return tuple(n for n in names_in(m.group("names")) if "组长" not in n or n.startswith("各")) if (m := _MEMBERS.search(text)) else ()


def _name(text: str) -> str | None:
    found = re.search(
        rf"(?:成立|设立|组建|调整)(?:以[^。;]{{0,80}}为(?:成员|组员)的|了|由[^。;]{{0,60}}组成的)?{_GROUP_NAME.pattern}", text
    ) or _GROUP_NAME.search(text)
    return re.sub(r"^.*(?:任|为)副?(?:组长|总指挥|指挥长|主任)的|^(?:成立|以|在|由|经|对|的|了)", "", found.group("name")) or None if found else None


def _office(root: Node, text: str) -> tuple[Office | None, list[str]]:
    listed: list[str] = []
    office_name: str | None = None
    for m in _BELOW.finditer(text):
        names = [
            n.strip("“”") if n.count("“") != n.count("”") else n
            for n in names_in(re.split(r",(?:负责|由|办公|其|主要|各|分别)|办公室主任|负责(?!人)", m.group("names"))[0])
        ]
        if names and (shared := re.fullmatch(r"(.{2,8}?)等?[一二两三四五六七八九十\d]+个(?:专项|工作|专门)*小?组", names[-1])):
            names = [f"{n}组" for n in [*names[:-1], shared.group(1)]]
        names = [re.sub(r"^(?:[一二三四五六七八九十\d]+个(?:工作)?(?:小)?组[:,]?(?:即)?|一个|1个)", "", n) for n in names]
        teams = [n for n in names if re.search(rf"{_TEAM}$", n) and len(n) <= 14 and not _NO_TEAM.search(n)]
        office_name = office_name or next((n for n in names if n.endswith("办公室") and len(n) <= 14), None)
        listed += [n for n in teams if n not in listed]
    prefix = next((m.group("of") for m in _OFFICE.finditer(text) if m.group("of")), None)
    if office_name == "办公室" and prefix:
        office_name = re.sub(r"^(?:成立|的|由|在)", "", prefix) + "办公室"
    if office_name is None and (m2 := _OFFICE_NAME.search(text)):
        office_name = (
            re.sub(r"^.*(?:由|向|至|报|交|在|及时|的)(?=[\u4e00-\u9fff]{2,}(?:领导小组|指挥部)|领导小组|指挥部)", "", m2.group("name"))
            .replace("下设", "")
            .replace("设办", "办")
        )
    if office_name is None and (m3 := re.search(r"(?:^|[。;,\n])(?P<name>[\u4e00-\u9fff“”]{0,12}办公室)设在", text)):
        office_name = m3.group("name")
    if office_name is None and (re.search(r"(?:下)?设(?:立)?(?:一个)?办公室", text)):
        office_name = "办公室"
    if office_name is None:
        office_name = next((n.heading for n in root.walk() if n.kind != "root" and re.fullmatch(r"(?:领导小组|指挥部)?办公室", n.heading)), None)
    if office_name is None:
        return None, listed
    seat, director = _SEAT.search(text), _DIRECTOR.search(text)
    named = re.sub(r"^(?:[,、]|由)?[_x*]+|兼$", "", (director.group("a") or director.group("b")).strip(" _x*由")) if director else ""
    where = seat.group("seat").strip(" _x*") if seat else ""
    return Office(name=office_name, seat=where or None, director=re.sub("同志$", "", named) or None), listed


def _groups(root: Node, roles: dict[Node, Role], text: str) -> list[Group]:
    found: list[Group] = []
    for node in root.walk():
        body = name_of_body(node.heading) if node.kind not in ("root", "is") else None
        if not body or not re.search(rf"{_TEAM}$", body) or _NO_TEAM.search(body) or roles.get(node) in (Role.BACKGROUND, Role.STANDARD, Role.PHASES):
            continue
        if any(name_of_body(c.heading) for c in node.children):
            continue
        charge = charge_of_lines("\n".join(p.text for p in node.texts()))
        lead = next(
            (
                person(m.group("names"))
                for p in node.texts()
                if (m := re.search(r"组长\s*:\s*(?P<names>\S.*)$|由(?P<b>\S{2,4})同志负责", p.text)) and m.group("names")
            ),
            None,
        )
        found.append(Group(name=body, lead=lead.name or lead.position if lead else None, lead_unit=charge.lead[0] if charge.lead else None))
    for m in _SET_UP.finditer(text):
        name = m.group("name")
        if (
            not _NO_TEAM.search(name)
            and not re.match(r"[一两二三四五六七八九十几多若\d]+[个支]|若干", name)
            and not any(squeezed(name) in squeezed(g.name) or squeezed(g.name) in squeezed(name) for g in found)
        ):
            found.append(Group(name=name))
    return found
