"""What pages that wait for an errand have in common: looking again by themselves, how far it is, and its files as downloads.

Refuses to wait within a request: a page answers at once, and a header lets the browser ask again; no script is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from campaign.errors import NotFound
from campaign.portal.plan_edit import plain
from campaign.portal.visit import Visit
from campaign.portal.wording import without_options
from campaign.work.upkeep.errands import Errand

REFRESH_SECONDS = 3
PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Progress:
    """`ahead` are others before it; `usual` the seconds that the last one of its kind took, 0 when none is known; `refusal` what the command said."""

    errand: Errand
    ahead: int
    seconds: int
    usual: int
    refusal: str


def progress_of(visit: Visit, errand: Errand) -> Progress:
    refusal = plain(without_options(errand.refusal()))
    usual = visit.place.errands.usual_seconds(errand.kind, errand.about)
    ahead = sum(not one.is_over and one.id < errand.id for one in visit.place.errands.all())
    return Progress(errand, ahead, errand.worked_for(visit.now), usual, refusal)


def waiting_page(answer: Response, *errands: Errand | None) -> Response:
    """The page asks again by itself while one of them is on its way."""
    if any(one is not None and not one.is_over for one in errands):
        answer.headers["refresh"] = str(REFRESH_SECONDS)
    return answer


def file_of(path: Path, name: str, media_type: str) -> Response:
    """A file that an errand brought back, piece by piece."""
    if not path.is_file():
        raise NotFound("这个文件已经不在了，请重新办理一次。", code="no_file")
    return StreamingResponse(_pieces(path), media_type=media_type, headers=attached(name) | {"content-length": str(path.stat().st_size)})


def attached(name: str) -> dict[str, str]:
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}", "content-security-policy": "sandbox; default-src 'none'"}


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece
