"""迎检资料包 from the portal: what is missing agrees with what the package says; built, sealed, checked and taken away."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from sqlmodel import select

from campaign.evidence.contents import arrange
from campaign.evidence.package import _read
from campaign.portal.pages.package import FOLDER
from campaign.portal.place import Place
from campaign.records.campaigns import find_campaign
from campaign.records.pages.packing import OTHERS, RECTIFICATIONS, item_lines, missing_lines
from campaign.records.store import Store
from campaign.records.tables import Event, PackageRecord
from campaign.work.upkeep.errands import Stand
from tests.integration.portal.conftest import NOW, admin, one_of, open_account
from tests.integration.portal.errands import finished, newest
from tests.integration.portal.sample import SECOND, SLUG, play

pytestmark = pytest.mark.timeout(900)
PAGE = f"/campaigns/{SLUG}/package"


def agrees(store: Store) -> None:
    with store.read() as tx:
        campaign_id = find_campaign(tx, SLUG).id
        lines = item_lines(tx, campaign_id)
        folders = [one.key for one in lines]
        listed = missing_lines(tx, campaign_id, folders=folders, item=None, limit=1000, offset=0)
        by_folder = {key: missing_lines(tx, campaign_id, folders=folders, item=key, limit=1000, offset=0) for key in folders}
    contents = arrange(_read(store, campaign_id), {})
    assert [one.title for one in lines] == [one.item.title if one.item else one.heading for one in contents.folders]
    assert [one.owed for one in lines] == [len(one.duties) for one in contents.folders]
    assert sorted((one.unit, one.title) for one in listed) == sorted((one.unit, one.title) for one in contents.missing)
    assert len(listed) == sum(one.missing for one in lines) > 0
    assert {key: len(rows) for key, rows in by_folder.items()} == {one.key: one.missing for one in lines}
    assert {RECTIFICATIONS, OTHERS} & set(folders)


def test_the_page_counts_what_the_package_counts(place: Place) -> None:
    agrees(place.store)


@pytest.mark.postgres
@pytest.mark.slow
def test_the_page_counts_what_the_package_counts_on_postgresql(postgres_store: Store, tmp_path: object) -> None:
    play(tmp_path, NOW, store=postgres_store)  # type: ignore[arg-type]  # a path
    agrees(postgres_store)


@pytest.mark.slow
def test_a_draft_is_built_checked_and_taken_away_and_a_changed_one_is_found_out(place: Place) -> None:
    office = admin(place, name="邵清和")
    assert "还没有生成过" in office.get(PAGE).text
    assert office.post(PAGE).status_code == 303
    waiting = office.get(PAGE)
    assert ("refresh" in waiting.headers) == ('name="reason"' not in waiting.text), "a page that looks again would take away what is typed"
    built = finished(place, newest(place, "package").id)
    assert built.stand is Stand.DONE, built.refusal()
    page = office.get(PAGE).text
    made = built.result()
    assert made["sha256"][:16] in page
    assert "邵清和" in page
    assert f"缺 {made['missing']} 项" in page

    answer = office.get(f"{PAGE}/{built.id}.zip")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        (listed,) = [name for name in archive.namelist() if name.endswith("MANIFEST.sha256")]
        assert hashlib.sha256(archive.read(listed)).hexdigest() == made["sha256"]

    office.post(f"{PAGE}/verify", {"which": built.id})
    assert finished(place, newest(place, "verify").id).stand is Stand.DONE
    assert "完好" in office.get(PAGE).text
    (built.folder / FOLDER / "核验方法.txt").write_text("改过", encoding="utf-8")
    office.post(f"{PAGE}/verify", {"which": built.id})
    assert finished(place, newest(place, "verify").id).stand is Stand.DONE
    assert "文件被改动或损坏：核验方法.txt" in office.get(PAGE).text
    (built.folder / FOLDER / "MANIFEST.sha256").write_text("", encoding="utf-8")
    refused = office.get(f"{PAGE}/{built.id}.zip")
    assert refused.status_code == 400
    assert "已不是当时那一份" in refused.text


@pytest.mark.slow
def test_sealing_takes_a_reason_and_leaves_a_number_a_hash_and_a_line_in_the_log(place: Place) -> None:
    leader = open_account(place, "ling", ("leader", None), name="秦牧野")
    untouched = f"/campaigns/{SECOND}/package"
    assert "请写明封存的理由" in leader.post(f"{untouched}/freeze", {"reason": ""}).text
    assert leader.post(untouched).status_code == 403
    assert leader.post(f"{untouched}/freeze", {"reason": "迎检定稿"}).status_code == 303
    sealed = finished(place, newest(place, "freeze").id)
    assert sealed.stand is Stand.DONE, sealed.refusal()
    with place.store.read() as tx:
        row = tx.exec(select(PackageRecord)).one()
        event = tx.exec(select(Event).where(Event.verb == "freeze_package")).one()
    assert (row.number, row.frozen_by, event.reason) == (1, "秦牧野", "迎检定稿")
    page = leader.get(untouched).text
    assert "第 1 号" in page
    assert row.sha256[:16] in page
    assert leader.get(f"{untouched}/1.zip").content[:2] == b"PK"


@pytest.mark.slow
def test_a_package_with_files_that_cannot_be_read_is_not_sealed_and_the_page_says_why(place: Place) -> None:
    office = admin(place)  # the sample's files were never kept
    office.post(f"{PAGE}/freeze", {"reason": "迎检定稿"})
    assert finished(place, newest(place, "freeze").id).stand is Stand.REFUSED
    assert "已损坏或缺失，资料包不能冻结" in office.get(PAGE).text
    assert one_of(place, PackageRecord) is None


def test_who_only_looks_finds_no_button_to_build(place: Place) -> None:
    inspector = open_account(place, "cha", ("inspector", None))
    page = inspector.get(PAGE).text
    assert "生成草稿" not in page
    assert "缺项清单" in page
    assert inspector.post(f"{PAGE}/freeze", {"reason": "x"}).status_code == 403
    assert inspector.get(f"{PAGE}/7.zip").status_code == 404
    assert inspector.post(f"{PAGE}/verify", {"which": "7"}).status_code == 404
