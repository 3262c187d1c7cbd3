"""A dozen invented plans of different kinds, as the files they would come in.

`build(name, folder)` writes one; `NAMES` lists them. Places, units and sentences are made up.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.samples.pdf import write_pdf
from tests.samples.word import WordFile

SAFE_COMMUNITY = """\
青岭县桥东街道创建安全社区实施方案

为进一步夯实基层安全基础,根据《青岭县安全社区建设三年规划》(青安委〔2026〕4号),结合街道实际,制定本方案。

一、工作目标
到年底,辖区安全社区达标率100%,无较大以上安全事故。

二、组织领导
成立桥东街道安全社区创建领导小组。
组长:街道党工委书记
副组长:街道办事处主任
领导小组下设办公室,办公室设在应急管理办,由应急管理办负责人兼任办公室主任。

三、重点任务
(一)排查居民楼消防隐患。对辖区老旧小区逐栋排查,建立隐患台账。
牵头单位:应急管理办
责任单位:消防救援站、各社区
完成时限:4月30日前
(二)整治电动自行车乱停乱充。新建充电车棚不少于12个。
牵头单位:城市管理办
责任单位:各社区
(三)开展应急演练。每季度组织一次演练,留存图片资料。
牵头单位:应急管理办
责任单位:学校、医院
配合单位:派出所

四、实施步骤
(一)宣传发动阶段(3月1日至3月20日)。召开动员会,印发倡议书。
(二)集中整治阶段(3月21日至9月30日)。按任务分工推进各项工作。
(三)自查整改阶段(10月1日至10月31日)。各社区对照标准自查,限期整改。
(四)迎检验收阶段(11月上旬至11月底)。整理资料,迎接县级验收。

五、工作要求
建立每周例会制度,对工作不力的单位予以通报。
"""

CAMPUS = """\
松坪镇中心学校创建文明校园工作方案

根据《松坪镇文明校园评选办法》,制定本方案。

一、工作任务
1.修订学生文明守则。由德育处负责,5月15日前完成。
2.开展“书香班级”评选。由教务处负责,每月评选一次。
3.整治校门口交通秩序。由总务处牵头,安保科、少先队配合。

二、时间安排
第一阶段:准备阶段(4月1日-4月20日)
第二阶段:实施阶段(4月21日-10月31日)
第三阶段:总结阶段(11月1日-11月15日)
"""

FLOOD = """\
云河区防汛应急预案

一、总则
为做好防汛抢险工作,保障群众生命财产安全,制定本预案。

二、组织指挥体系
区防汛指挥部负责统一指挥。总指挥:区长

三、应急响应
(一)预警发布。由水务局负责,雨情达到标准后立即发布预警。
(二)人员转移。由各街道负责组织危险区域群众转移。
(三)抢险救援。由消防救援大队牵头,住建局、供电公司配合。
"""

REPORT = """\
2026年上半年文明创建工作总结

今年以来,我们紧紧围绕创建目标,扎实推进各项工作,取得了明显成效。

一、主要做法
(一)加强了组织领导。成立了专班,召开会议6次。
(二)开展了环境整治。清理了卫生死角120处,拆除了违建30处。

二、下一步打算
(一)将于9月底前完成背街小巷改造。
(二)将每月通报一次创建进度。
"""

RULES = """\
云河区环境卫生管理制度

第一条 为加强环境卫生管理,制定本制度。
第二条 保洁员应按时清扫责任路段,做到日产日清。
第三条 对违反本制度的,视情节予以批评教育、扣除当月绩效。
第四条 本制度自发布之日起施行。
"""

NOTICE = [
    "关于举办“清洁家园”志愿服务活动的通知",
    "各社区:",
    "为倡导文明新风,现将有关事项通知如下:",
    "一、活动主题:清洁家园从我做起",
    "二、活动时间:6月5日上午9时",
    "三、活动地点:滨河广场",
    "四、参加人员:各社区志愿者",
]

YEAR_PLAN = """\
# 云河区图书馆2026年志愿服务工作计划

为推动全民阅读,制定本计划。

## 一、主要工作

| 序号 | 任务 | 责任单位 | 完成时限 | 资料 |
|:---:|---|---|---|---|
| 1 | **招募**志愿者50名 | 读者服务部 | 3月31日 | 报名表 |
| 2 | 每周六开展“亲子共读” | 少儿部 | 长期 | 活动记录、图片 |
| 3 | 流动书车进社区 | 流通部 | 2026-10-31 | 总结(1份,电子) |

## 二、要求

各部室要认真落实。
"""

PEACE = """\
松坪镇平安建设百日行动方案
一、目标任务
全镇刑事案件、治安案件双下
降,群众安全感达到95%以上。
二、工作措施
1、矛盾纠纷排查化解。由综治办牵头,司法所、派出所配合,每
周排查一次,建立台账。
2、重点场所整治。由派出所负责,7月15日前完成。
3、视频监控补盲。由经济发展办负责,新增摄像头60个,8月底
前完成。
三、实施步骤
(一)动员部署(6月1日-6月10日)
(二)集中行动(6月11日-8月31日)
(三)总结提升(9月1日-9月10日)
"""

RECTIFY_PDF = [
    "青岭县农村人居环境百日整治方案",
    "根据《青岭县农村人居环境提升规划》,决定在全县开展农村人居环境百日",
    "整治行动,现制定方案如下。",
    "一、重点任务",
    "(一)清理农村生活垃圾。对村庄内外、沟渠池塘的积存垃圾进行一次彻底清理,",
    "做到日产日清。由农业农村局牵头,各乡镇配合,5月31日前完成。",
    "(二)整治农村户厕。对问题户厕逐户建立台账,销号管理。由卫生健康局负责,",
    "6月30日前完成。",
    "(三)整治乱搭乱建。由自然资源局负责,7月15日前完成。",
    "二、时间安排",
    "第一阶段:动员部署(4月10日至4月20日)",
    "第二阶段:集中整治(4月21日至7月15日)",
    "第三阶段:总结验收(7月16日至7月20日)",
]

_ONE_OF_THREE = """\
文明创建工作方案 篇{number}

{name}创建工作方案

一、工作任务
1.{task}。由{unit}负责,9月30日前完成。
2.报送工作总结。由办公室负责。

二、步骤
(一)动员阶段(3月1日-3月15日)
(二)推进阶段(3月16日-9月30日)
"""
THREE_PLANS = "\n".join(
    _ONE_OF_THREE.format(number=number, name=name, task=task, unit=unit)
    for number, name, task, unit in (
        ("一", "东湖社区", "清理楼道杂物", "物业服务站"),
        ("二", "桥东小学", "布置文化长廊", "德育处"),
        ("三", "云河医院", "改造候诊大厅", "总务科"),
    )
)

TABLE = [
    ["云河区食品安全示范区创建任务分解表", "", "", "", "", "", "", ""],
    ["序号", "重点任务", "工作内容", "责任分工", "", "完成时限", "报送资料", "备注"],
    ["", "", "", "牵头单位", "配合单位", "", "", ""],
    ["一、餐饮单位", "", "", "", "", "", "", ""],
    ["1", "餐饮整治", "对学校食堂开展全覆盖检查", "市场监管局", "教育局、卫生健康局", "2026-05-31", "检查记录、图片", ""],
    ["2", "", "推行“明厨亮灶”,覆盖率达90%以上", "市场监管局", "商务局", "9月底前", "工作总结(2份,纸质)", ""],
    ["3", "农贸市场", "每月抽检蔬菜不少于20批次", "农业农村局", "市场监管局", "每月25日前", "抽检报告", ""],
    ["二、宣传", "", "", "", "", "", "", ""],
    ["4", "宣传引导", "开设专栏", "__", "", "节前", "", ""],
    ["合计", "4项", "", "", "", "", "", ""],
]
TABLE_MERGES = ["A1:H1", "D2:E2", "A2:A3", "B2:B3", "C2:C3", "F2:F3", "G2:G3", "H2:H3", "A4:H4", "B5:B6", "A8:H8"]


def sanitary_city(path: Path) -> Path:
    """Word: automatic numbering, a text box, a tracked deadline, a merged task table."""
    word = WordFile()
    number = word.numbering(("chineseCounting", "%1、"), ("chineseCounting", "(%2)"), ("decimal", "%3."))
    word.paragraph("云河区创建卫生城区实施方案")
    word.paragraph("根据《云河市卫生城市创建规划》(云政发〔2026〕8号),制定本方案。")
    word.numbered("组织领导", number)
    word.paragraph("成立云河区创建卫生城区领导小组。")
    word.paragraph("组长:区长")
    word.text_box("领导小组下设办公室,设在卫生健康局。")
    word.numbered("工作任务", number)
    word.paragraph("任务分解见下表。")
    word.table(
        [
            ["序号", "任务", "牵头单位", "责任单位", "完成时限", "资料"],
            ["1", "清理背街小巷垃圾", "城管局", "各街道", "2026-06-30", "台账"],
            ["2", "改造老旧公厕18座", "", "住建局", "2026-08-31", "验收单"],
            ["3", "除四害集中消杀", "疾控中心", "各社区", "每季度", "消杀记录(1份,纸质)"],
        ],
        [((1, 2), (2, 2))],
    )
    word.numbered("实施步骤", number)
    word.numbered("动员部署阶段(2026年3月1日至3月31日)。印发方案,召开动员会。", number, 1)
    word.numbered("集中整治阶段(4月1日至9月30日)。各单位按任务表推进。", number, 1)
    word.numbered("迎检阶段(10月1日至11月15日)。整理资料,迎接检查。", number, 1)
    word.numbered("工作要求", number)
    word.tracked("各单位要按时报送资料,逾期的予以", "通报", "罚款")
    return word.save(path)


def food_safety(path: Path) -> Path:
    """Excel: a title, a two-row header, merged ranges, section rows, a sum."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in TABLE:
        sheet.append([text or None for text in row])
    for merged in TABLE_MERGES:
        sheet.merge_cells(merged)
    book.save(path)
    return path


def notice(path: Path) -> Path:
    word = WordFile()
    for line in NOTICE:
        word.paragraph(line)
    return word.save(path)


def rectify(path: Path) -> Path:
    """PDF: two pages with a header, page numbers, and sentences that the margin broke."""
    pages = [RECTIFY_PDF[:6], RECTIFY_PDF[6:9], RECTIFY_PDF[9:]]
    return write_pdf(path, [["青岭县人居环境整治领导小组文件", *lines, f"— {number} —"] for number, lines in enumerate(pages, 1)])


def web_page(path: Path) -> Path:
    """What an office system exports as .doc: a web page."""
    head = "<html><head><title>x</title><style>p{}</style></head><body><h1>桥西街道氛围营造方案</h1><p>一、任务</p>"
    table = (
        "<table><tr><th>序号</th><th>任务</th><th>牵头单位</th></tr>"
        "<tr><td>1</td><td>更新公益广告</td><td rowspan=2>宣传部</td></tr>"
        "<tr><td>2</td><td>维护宣传栏</td></tr>"
        "<tr><td>3</td><td>整治小广告</td><td>城管局</td></tr></table>"
    )
    page = f"{head}{table}<p>二、要求</p></body></html>"
    path.write_text(page, encoding="utf-8")
    return path


def _text(content: str, encoding: str = "utf-8") -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(content.encode(encoding))
        return path

    return write


BUILDERS: dict[str, Callable[[Path], Path]] = {
    "卫生城区.docx": sanitary_city,
    "安全社区.txt": _text(SAFE_COMMUNITY),
    "文明校园.txt": _text(CAMPUS, "gb18030"),
    "食品安全任务分解表.xlsx": food_safety,
    "人居环境.pdf": rectify,
    "志愿服务.md": _text(YEAR_PLAN),
    "平安百日.txt": _text(PEACE, "utf-8-sig"),
    "防汛预案.txt": _text(FLOOD),
    "活动通知.docx": notice,
    "上半年总结.txt": _text(REPORT),
    "环卫制度.txt": _text(RULES),
    "三篇方案.txt": _text(THREE_PLANS),
    "氛围营造.doc": web_page,
}
NAMES = tuple(BUILDERS)


def build(name: str, folder: Path) -> Path:
    return BUILDERS[name](folder / name)
