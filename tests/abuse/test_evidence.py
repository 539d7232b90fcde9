"""Evidence reached for by everybody else (T01–T05, T19, T34, T47): who gets which bytes by which form of request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver

from scoring.enums import Phase
from scoring.files.evidence_s3 import BucketStorage
from scoring.files.evidence_storage import DurableStorage
from scoring.models import Evidence, EvidenceFile, EvidenceUse
from scoring.services.evidence import add_version
from tests.database import fingerprint
from tests.factories import OrganiserFactory, UserFactory, person, sign_in
from tests.scoring.evidence import samples
from tests.scoring.evidence.year import Year, build
from units.enums import Role
from units.models import User

FORMS = ("tải về", "HEAD", "Range", "bản cũ", "trang tài liệu", "danh sách", "xem trước", "hình trang", "đề xuất")
# ● the bytes or the page, 403 refused with its reason, 404 nothing there, → the sign-in. By hand: who may see what.
WHO_GETS_WHAT = """
                          tải về  HEAD   Range  bản cũ  trang tài liệu  danh sách  xem trước  hình trang  đề xuất
công chúng                →       →      →      →       →               →        →          →           →
không vai trò             404     404    404    404     404             404      404        404         404
cán bộ của đơn vị         ●       ●      ●      ●       ●               ●        ●          ●           ●
thủ trưởng của đơn vị     ●       ●      ●      ●       ●               ●        ●          ●           ●
cán bộ đơn vị khác        404     404    404    404     404             404      404        404         404
thẩm định lĩnh vực 1      ●       ●      ●      ●       ●               403      ●          ●           ●
thẩm định lĩnh vực 2      403     403    403    403     403             403      403        403         403
thẩm định đơn vị khác     404     404    404    404     404             404      404        404         404
điều phối                 ●       ●      ●      ●       ●               ●        ●          ●           ●
hội đồng                  ●       ●      ●      ●       ●               ●        ●          ●           ●
lãnh đạo                  403     403    403    403     403             403      403        403         403
quản trị                  404     404    404    404     404             404      404        404         404
điều phối nơi khác        404     404    404    404     404             404      404        404         404
bị khóa                   →       →      →      →       →               →        →          →           →
"""


READERS_OF_DRAFTS = ("cán bộ của đơn vị", "thủ trưởng của đơn vị", "điều phối")


@pytest.fixture
def year(db: None) -> Year:
    return build()


@pytest.fixture
def draft(year: Year) -> Evidence:
    """A document of the first unit for a leaf of component 1, in two versions; the unit still writes."""
    return a_draft(year)


def a_draft(year: Year) -> Evidence:
    made = year.add(criterion=year.leaf("1.1"))
    add_version(made, SimpleUploadedFile("moi.png", samples.image()), by=year.staff)
    return made


@pytest.fixture
def evidence(year: Year, draft: Evidence) -> Evidence:
    """The same document, handed in with the dossier."""
    year.submit()
    return draft


def handed_in() -> dict[str, Any]:
    """Both of the above as arguments of a test."""
    year = build()
    made = a_draft(year)
    year.submit()
    return {"year": year, "evidence": made}


def people(year: Year) -> dict[str, User | None]:
    organiser = year.organiser
    return {
        "công chúng": None,
        "không vai trò": UserFactory(),
        "cán bộ của đơn vị": year.staff,
        "thủ trưởng của đơn vị": year.head,
        "cán bộ đơn vị khác": year.other_staff,
        "thẩm định lĩnh vực 1": year.appraiser("1"),
        "thẩm định lĩnh vực 2": year.appraiser("2"),
        "thẩm định đơn vị khác": year.appraiser("1", year.second),
        "điều phối": year.coordinator,
        "hội đồng": person(Role.COUNCIL, organiser),
        "lãnh đạo": person(Role.LEADER, organiser),
        "quản trị": person(Role.ADMINISTRATOR, organiser),
        "điều phối nơi khác": person(Role.COORDINATOR, OrganiserFactory()),
        "bị khóa": year.member(Role.UNIT_STAFF, year.first.unit, is_active=False),
    }


def ask(browser: Client, year: Year, evidence: Evidence, form: str) -> str:
    """What one form of request comes to, as the table writes it; a body that came must be the right one."""
    newest, older = (year.url("evidence_file", evidence.pk, number) for number in (2, 1))
    sent = {
        "tải về": lambda: browser.get(newest),
        "HEAD": lambda: browser.head(newest),
        "Range": lambda: browser.get(newest, headers={"Range": "bytes=0-3"}),
        "bản cũ": lambda: browser.get(older),
        "trang tài liệu": lambda: browser.get(year.url("evidence", evidence.pk)),
        "danh sách": lambda: browser.get(year.url("evidence_list")),
        "xem trước": lambda: browser.get(year.url("evidence_view", evidence.pk, 2)),
        "hình trang": lambda: browser.get(year.url("evidence_page", evidence.pk, 2, 1)),
        "đề xuất": lambda: browser.get(year.url("evidence_proposal", evidence.pk)),
    }[form]()
    body = b"".join(sent.streaming_content) if sent.streaming else sent.content
    if sent.status_code == 302:
        return "→"
    if sent.status_code != 200:
        assert samples.image() not in body
        assert evidence.abstract.encode() not in body
        return str(sent.status_code)
    if sent.streaming:
        assert body == {"HEAD": b"", "bản cũ": samples.pdf()}.get(form, samples.image())
        assert sent["Content-Disposition"].startswith("attachment")
    elif sent["Content-Type"] == "image/png":
        assert body.startswith(b"\x89PNG")
    else:
        assert evidence.abstract in body.decode()
    return "●"


def test_who_gets_evidence_by_which_form_of_request_is_this_table(year: Year, evidence: Evidence) -> None:
    lines = [f"{'':26}{'  '.join(FORMS)}".split()]
    for name, user in people(year).items():
        browser = sign_in(user)
        lines.append([*name.split(), *(ask(browser, year, evidence, form) for form in FORMS)])
    assert lines == [line.split() for line in WHO_GETS_WHAT.strip("\n").splitlines()]


def test_what_is_not_handed_in_yet_is_read_by_the_unit_and_the_coordinator_alone(year: Year, draft: Evidence) -> None:
    for name, user in people(year).items():
        browser = sign_in(user)
        got = {ask(browser, year, draft, form) for form in FORMS if form != "danh sách"}
        assert (got == {"●"}) == (name in READERS_OF_DRAFTS), (name, got)
        assert "●" not in got or name in READERS_OF_DRAFTS, (name, got)


def objects() -> int:
    root = Path(settings.STORAGES["evidence"]["OPTIONS"]["location"])
    return sum(path.is_file() for path in root.rglob("*"))


WRITERS = ("cán bộ của đơn vị", "thủ trưởng của đơn vị")


def test_nobody_but_the_unit_writes_by_any_address_and_no_object_is_left(year: Year, evidence: Evidence) -> None:
    use = evidence.uses.get()
    browsers = {name: sign_in(user) for name, user in people(year).items() if name not in WRITERS}
    before, held = fingerprint(), objects()
    data = {"version": 1, "abstract": "x", "evidence": evidence.pk, "criterion": "1.2", "pages": "tr. 1"}
    data["key"] = "0" * 32
    addresses = [
        year.url("evidence_add"), year.url("evidence_attach"), year.url("evidence", evidence.pk),
        year.url("evidence_version", evidence.pk), year.url("evidence_drop", evidence.pk, use.pk),
        year.url("evidence_remove", evidence.pk), year.url("evidence_upload"),
    ]  # fmt: skip
    for name, browser in browsers.items():
        for url in addresses:
            files = {
                "uploads": SimpleUploadedFile("a.pdf", samples.pdf()),
                "file": SimpleUploadedFile("b.pdf", samples.pdf()),
            }
            sent = browser.post(url, {**data, **files})
            assert sent.status_code in (302, 403, 404), (name, url, sent.status_code)
            assert sent.status_code != 302 or sent["Location"].startswith("/tai-khoan/dang-nhap/"), (name, url)
    assert (fingerprint(), objects()) == (before, held)


def test_another_units_staff_reach_nothing_by_mixing_addresses_and_ids(year: Year, evidence: Evidence) -> None:
    """The unit of the path is one's own, the document is another's, and the other way round (T03, T04)."""
    browser, use = sign_in(year.other_staff), evidence.uses.get()
    own = year.add(participant=year.second, by=year.other_staff)
    before, held = fingerprint(), objects()
    mixed = [
        year.url("evidence", evidence.pk, participant=year.second),
        year.url("evidence_file", evidence.pk, 1, participant=year.second),
        year.url("evidence_file", own.pk, 2, participant=year.second),
        year.url("evidence_file", own.pk, 1),
        year.url("evidence_view", evidence.pk, 1, participant=year.second),
        year.url("evidence_page", evidence.pk, 1, 1, participant=year.second),
        year.url("evidence_page", own.pk, 2, 1, participant=year.second),
        year.url("evidence_proposal", evidence.pk, participant=year.second),
    ]
    assert [browser.get(url).status_code for url in mixed] == [404] * 8
    posts = [
        year.url("evidence_version", evidence.pk, participant=year.second),
        year.url("evidence_remove", evidence.pk, participant=year.second),
        year.url("evidence_drop", evidence.pk, use.pk, participant=year.second),
        year.url("evidence_drop", own.pk, use.pk, participant=year.second),
    ]
    file = samples.image()
    assert [browser.post(url, {"file": SimpleUploadedFile("a.png", file)}).status_code for url in posts] == [404] * 4
    attach = year.url("evidence_attach", participant=year.second)
    refused = browser.post(attach, {"evidence": evidence.pk, "criterion": "1.1"})
    assert refused.status_code == 422
    assert "Không có tài liệu này trong hồ sơ của đơn vị" in refused.content.decode()
    assert evidence.abstract not in browser.get(attach).content.decode() or own.abstract == evidence.abstract
    assert (fingerprint(), objects()) == (before, held)


def test_an_upload_has_no_id_that_somebody_else_could_use() -> None:
    """Files come with the very request that makes them a document: nothing is staged (T04)."""
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert not any("upload" in name and "evidence" in name for name in names)
    assert {field.name for field in EvidenceFile._meta.concrete_fields if field.is_relation} == {
        "evidence", "uploaded_by"
    }  # fmt: skip
    assert not EvidenceFile._meta.get_field("evidence").null


def test_fields_that_a_form_does_not_have_change_nothing(year: Year) -> None:
    """Mass assignment (T08): every column of the rows is sent along, none but the form's own is taken."""
    extra = {
        field.name: "1"
        for model in (Evidence, EvidenceFile, EvidenceUse)
        for field in model._meta.get_fields()
        if field.name not in {"number", "abstract", "issued_on", "issuer", "criterion", "pages", "purpose"}
    }
    file = SimpleUploadedFile("a.pdf", samples.pdf())
    sent = sign_in(year.staff).post(year.url("evidence_add"), {**extra, "participant": year.second.pk, "uploads": file})
    assert sent.status_code == 302
    (made,) = Evidence.objects.all()
    (kept,) = made.files.all()
    assert (made.participant, made.created_by, made.version, made.removed_at) == (year.first, year.staff, 1, None)
    assert (kept.number, kept.uploaded_by, kept.name) == (1, year.staff, "a.pdf")
    assert kept.key != "1"


def test_a_role_taken_away_a_minute_ago_opens_and_stores_nothing(year: Year, evidence: Evidence) -> None:
    browser, judge = sign_in(year.staff), sign_in(user := year.appraiser("1"))
    url = year.url("evidence_file", evidence.pk, 1)
    for who in (browser, judge):
        assert b"".join(who.get(url).streaming_content) == samples.pdf()  # type: ignore[attr-defined]
    year.staff.memberships.all().delete()
    user.parts.all().delete()
    for who in (browser, judge):
        assert who.get(url).status_code == 404
    sent = browser.post(year.url("evidence_add"), {"uploads": SimpleUploadedFile("a.pdf", samples.pdf())})
    assert (sent.status_code, objects()) == (404, 2)


def test_the_store_is_reached_by_no_address(year: Year, evidence: Evidence) -> None:
    """T02, T26: no signed link, no folder of files: a key opens nothing."""
    for file in evidence.files.all():
        for base in ("/", "/media/", "/static/", "/evidence/", "/var/evidence/", f"/{year.organiser.slug}/"):
            for browser in (Client(), sign_in(year.staff)):
                assert browser.get(f"{base}{file.key}").status_code in (302, 404)


def test_no_store_gives_a_document_an_address_of_its_own(tmp_path: Path) -> None:
    """T02: nothing is ever signed, so there is no link to replay: every byte goes through the portal's own check."""
    bucket = BucketStorage(bucket_name="kho", access_key="a", secret_key="b", region_name="vn-1")
    folder = DurableStorage(location=tmp_path)
    for store in (bucket, folder):
        with pytest.raises((NotImplementedError, ValueError)):
            store.url("ab/cd/" + "0" * 40)


def test_evidence_comes_by_these_addresses_and_no_others(year: Year) -> None:
    """T01: no thumbnail, no "all as one file" that another check would have to guard; what shows a document (`_view`,
    `_page`, `_proposal`) stands in the table above beside the download."""
    names = {name for name in get_resolver().namespace_dict["scoring"][1].reverse_dict if isinstance(name, str)}
    serving = {name for name in names if "evidence" in name or "document" in name}
    assert serving == {
        "evidence", "evidence_list", "evidence_add", "evidence_attach", "evidence_version", "evidence_drop",
        "evidence_remove", "evidence_file", "take_document", "evidence_upload", "evidence_view", "evidence_page",
        "evidence_proposal", "carry_document",
    }  # fmt: skip


def test_a_code_of_a_unit_never_becomes_a_path_of_the_store(year: Year) -> None:
    """T47: even a code that no form would take leaves the key as random as any."""
    year.first.__class__.objects.filter(pk=year.first.pk).update(code="../../x", name="../../x")
    year.first.refresh_from_db()
    file = year.add(name="../../../../x.pdf").files.get()
    assert file.name == "x.pdf"
    assert set(file.key) <= set("0123456789abcdef/")
    assert not (Path(settings.STORAGES["evidence"]["OPTIONS"]["location"]).parent / "x").exists()


@pytest.mark.parametrize("told", ["text/html", "image/svg+xml", "application/pdf", "text/html; charset=utf-7"])
def test_the_type_that_a_browser_claims_counts_for_nothing(year: Year, told: str) -> None:
    """T34: what comes back is always bytes to be saved, whatever was claimed when they came."""
    browser = sign_in(year.staff)
    file = SimpleUploadedFile("a.pdf", samples.pdf(), content_type=told)
    assert browser.post(year.url("evidence_add"), {"uploads": file}).status_code == 302
    sent = browser.get(year.url("evidence_file", Evidence.objects.get().pk, 1))
    assert b"".join(sent.streaming_content) == samples.pdf()  # type: ignore[attr-defined]
    assert sent["Content-Type"] == "application/octet-stream"
    assert "sandbox" in sent["Content-Security-Policy"]
    page = SimpleUploadedFile("a.html", b"<script>alert(1)</script>", content_type="application/pdf")
    assert browser.post(year.url("evidence_add"), {"uploads": page}).status_code == 422


def test_the_matrix_of_phases_for_the_unit_and_its_judges(year: Year, evidence: Evidence) -> None:
    """Reading does not end with writing: in every later phase the same people open the same bytes."""
    browser = sign_in(year.staff)
    for phase in (item for item in Phase if item != Phase.DRAFT):
        year.move(phase)
        assert ask(browser, year, evidence, "bản cũ") == "●", phase
        assert ask(sign_in(year.other_staff), year, evidence, "bản cũ") == "404", phase
