"""Nobody publishes alone (T15): two persons, password again, signed decision, the approved figures."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from reports.models import Publication
from scoring.models import Value
from tests.database import fingerprint
from tests.factories import PASSWORD, MembershipFactory, person, sign_in
from tests.reports.publishing import Team, fetch
from units.enums import Role
from units.models import TrailEntry

pytestmark = pytest.mark.django_db
APPROVAL = {"paper_matches": "on", "password": PASSWORD}
DECISION = {"number": "214/QĐ-UBND", "date": "12/02/2026", "issuer": "UBND tỉnh"}


@pytest.fixture
def team() -> Team:
    return Team()


def post(browser: Client, publication: Publication, name: str, **data: Any) -> Any:
    """Press the button `name` on a page opened just now; `data` may say what another page would have said."""
    publication.refresh_from_db()
    seen = {"revision": publication.revision, "digest": publication.digest}
    url = reverse("reports:act", args=[publication.campaign.organiser.slug, publication.pk, name])
    with TestCase.captureOnCommitCallbacks(execute=True):
        return browser.post(url, seen | data)


def change_a_figure(team: Team) -> None:
    value = Value.objects.filter(participant__campaign=team.campaign, points__gt=0).first()
    assert value is not None
    Value.objects.filter(pk=value.pk).update(points=value.points / 2)


def is_public(team: Team) -> bool:
    return fetch(f"/{team.organiser.slug}/").status_code == 200


def test_one_person_alone_never_reaches_the_public(team: Team) -> None:
    """The coordinator drafts, sends and records; approving is refused, and releasing without approval is too."""
    publication, browser = team.drafted(), sign_in(team.coordinator)
    assert post(browser, publication, "release").status_code == 409
    assert post(browser, publication, "send").status_code == 302
    assert post(browser, publication, "record_decision", **DECISION).status_code == 302
    before = fingerprint()
    assert post(browser, publication, "approve", **APPROVAL).status_code == 403
    assert post(browser, publication, "release").status_code == 409
    assert post(browser, publication, "finish").status_code == 404, "what the portal does itself has no address"
    assert fingerprint() == before
    assert not is_public(team)


def test_who_drafted_never_approves_whatever_role_is_added(team: Team) -> None:
    """A coordinator who is made leader as well approves the drafts of others only."""
    publication = team.signed()
    MembershipFactory(user=team.coordinator, organiser=team.organiser, role=Role.LEADER)
    browser = sign_in(team.coordinator)
    before = fingerprint()
    sent = post(browser, publication, "approve", **APPROVAL)
    assert sent.status_code == 403
    assert "Người soạn không được tự duyệt" in sent.content.decode()
    assert fingerprint() == before


def test_who_stands_in_for_the_drafter_is_no_second_person(team: Team) -> None:
    """A leader's role that the drafter lends to a colleague stays the drafter's."""
    boss = MembershipFactory(user=team.coordinator, organiser=team.organiser, role=Role.LEADER)
    deputy, today = person(), timezone.localdate()
    MembershipFactory(
        user=deputy, organiser=team.organiser, role=Role.LEADER, stands_for=boss,
        valid_from=today, valid_to=today + datetime.timedelta(days=3), reason="Nghỉ phép",
    )  # fmt: skip
    publication, browser = team.signed(), sign_in(deputy)
    assert post(browser, publication, "approve", **APPROVAL).status_code == 403
    publication.refresh_from_db()
    assert publication.approved_by is None


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COUNCIL, Role.APPRAISER, Role.UNIT_HEAD, Role.COORDINATOR])
def test_no_other_role_approves(team: Team, role: Role) -> None:
    publication, browser = team.signed(), sign_in(person(role, team.organiser))
    before = fingerprint()
    assert post(browser, publication, "approve", **APPROVAL).status_code in (403, 404)
    assert fingerprint() == before


@pytest.mark.parametrize("password", ["", "sai-mat-khau", PASSWORD.upper()])
def test_a_session_left_open_does_not_approve(team: Team, password: str) -> None:
    publication, browser = team.signed(), sign_in(team.leader)
    assert post(browser, publication, "approve", paper_matches="on", password=password).status_code in (403, 422)
    publication.refresh_from_db()
    assert (publication.state, publication.approved_by) == ("signed", None)


@pytest.mark.parametrize(("missing", "value"), [("number", ""), ("date", ""), ("issuer", ""), ("date", "31/12/2999")])
def test_without_number_date_and_issuer_there_is_no_signed_decision(team: Team, missing: str, value: str) -> None:
    publication, browser, leader = team.drafted(), sign_in(team.coordinator), sign_in(team.leader)
    post(browser, publication, "send")
    before = fingerprint()
    assert post(browser, publication, "record_decision", **DECISION | {missing: value}).status_code == 422
    assert post(leader, publication, "approve", **APPROVAL).status_code == 409
    assert fingerprint() == before


def test_what_is_no_pdf_is_no_signed_file(team: Team) -> None:
    publication, browser = team.drafted(), sign_in(team.coordinator)
    post(browser, publication, "send")
    scan = SimpleUploadedFile("qd.pdf", b"<script>alert(1)</script>", content_type="application/pdf")
    assert post(browser, publication, "record_decision", **DECISION, file=scan).status_code == 422


def test_an_approval_given_before_a_figure_changed_publishes_nothing(team: Team) -> None:
    publication = team.approved()
    change_a_figure(team)
    sent = post(sign_in(team.coordinator), publication, "release")
    assert sent.status_code == 409
    assert "đã thay đổi" in sent.content.decode()
    assert not is_public(team)


def test_what_changed_after_the_freeze_is_not_approved(team: Team) -> None:
    publication = team.signed()
    change_a_figure(team)
    assert post(sign_in(team.leader), publication, "approve", **APPROVAL).status_code == 409


@pytest.mark.parametrize("seen", [{"digest": "0" * 64}, {"digest": ""}, {"revision": 1}])
def test_a_page_that_showed_something_else_approves_nothing(team: Team, seen: dict[str, Any]) -> None:
    publication = team.signed()
    before = TrailEntry.objects.count()
    sent = post(sign_in(team.leader), publication, "approve", **APPROVAL, **seen)
    assert sent.status_code in (409, 422)
    assert TrailEntry.objects.count() == before


def test_another_decision_takes_the_approval_back(team: Team) -> None:
    publication, browser = team.approved(), sign_in(team.coordinator)
    assert post(browser, publication, "record_decision", **DECISION | {"number": "215/QĐ-UBND"}).status_code == 302
    assert post(browser, publication, "release").status_code == 409
    assert not is_public(team)


def test_two_persons_with_all_of_it_do_publish(team: Team) -> None:
    """So that the refusals above are not those of a door that never opens."""
    publication = team.signed()
    assert post(sign_in(team.leader), publication, "approve", **APPROVAL).status_code == 302
    assert post(sign_in(team.coordinator), publication, "release").status_code == 302
    assert is_public(team)
