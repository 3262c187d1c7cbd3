"""Who works in the sample campaign, and how: which unit is prompt and which is silent, what they hand in, and what an office does by hand.

Owns the cast and the script, as data for the people's model; `demo.py` plays them. Everything is invented: the people are called after the sixty-year cycle.
"""

from __future__ import annotations

from dataclasses import dataclass

from campaign.work.rehearsal.people_model import DRAGGING, LAST_MINUTE, MUTE, PUNCTUAL, SLOW, People, Profile, Temperament

OFFICE, REVIEWER, DIRECTOR, INSPECTOR = "区创建办", "戊辰", "丙寅", "庚午"
NATURES: dict[str, Temperament] = {
    "区委宣传部": LAST_MINUTE,
    "区城管局": SLOW,
    "区住建局": DRAGGING,
    "区市场监管局": DRAGGING,
    "公安望澜分局": LAST_MINUTE,
    "西岸街道": SLOW,
    "鹭洲社区": LAST_MINUTE,
    "望江社区": MUTE,
}


def cast() -> People:
    """Units that have no nature of their own here are prompt."""
    return People(Profile.MIXED, 7, NATURES, PUNCTUAL)


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that happens on the given working day of the campaign: a problem is found, or the office decides on a duty."""

    day: int
    act: str
    unit: str
    text: str
    reason: str = ""
    severity: str = "normal"


SCRIPT = (
    Scene(3, "waive", "区教育局", "制定本单位工作方案", "已并入学校卫生工作方案，不另行制定"),
    Scene(6, "finding", "东岸街道", "东岸农贸市场北门垃圾外溢", severity="minor"),
    Scene(7, "suspend", "公安望澜分局", "废品收购点整治", "所在地块正在征收，待腾退后办理"),
    Scene(8, "finding", "西岸街道", "滨河路沿街店铺占道经营"),
    Scene(9, "extend", "区住建局", "小区物业环境卫生评比", "评比细则重新征求意见"),
    Scene(9, "finding", "区城管局", "望澜大道公厕无障碍设施损坏"),
    Scene(5, "finding", "望江社区", "老旧小区化粪池外溢，影响居民出行", severity="major"),
    Scene(11, "finding", "区市场监管局", "两家小餐饮店无健康证从业"),
)


def sample_pdf(words: str) -> bytes:
    """A one-page PDF with a line of ASCII: a scan of a signed letter, as far as a sample needs one."""
    content = f"BT /F1 14 Tf 60 760 Td ({words}) Tj ET".encode("ascii")
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return written + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
