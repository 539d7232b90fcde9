"""The rows: case, guard taken out, the test that shows the case. Read with tests/abuse/guards.py."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from storages.backends.s3 import S3Storage

from scoring.enums import Phase, Stage
from scoring.models import Campaign, Participant
from scoring.selectors.worksheet import sight_of
from scoring.services.values import Content
from scoring.views import dossier as views_of_dossiers
from tests.abuse import (
    test_access,
    test_administrator,
    test_dossiers,
    test_enumeration,
    test_evidence,
    test_forgotten_password,
    test_founding,
    test_judging,
    test_merged_units,
    test_publication,
    test_second_factor,
    test_sessions,
    test_side_doors,
    test_sign_in,
    test_staged,
    test_throttle,
    test_trail,
)
from tests.abuse.guards import (
    a_world,
    appraisal,
    both,
    guard,
    loads,
    no,
    nothing,
    opened,
    put,
    without_middleware,
    without_triggers,
    yes,
)
from tests.abuse.hashing import CountingHasher
from tests.abuse.test_embargo import judged_year
from tests.factories import OrganiserFactory, UserFactory, person
from tests.reports.publishing import Team
from tests.units import test_given_password
from units.enums import Role
from units.forms import TrailFilter
from units.models import Organiser, PeopleImport
from units.models.people import User
from units.models.unit import UnitSuccessionQuerySet
from units.permissions import YES
from units.services.founding import issue_token


def everybodys(user: Any, organiser: Any) -> Any:
    found = Participant.objects.filter(campaign__organiser=organiser)
    return found.select_related("campaign__organiser", "group", "criteria_set", "unit")


def any_participant(user: Any, slug: str, code: str, unit: str) -> Participant:
    found = Participant.objects.filter(campaign__organiser__slug=slug, campaign__code=code)
    return found.select_related("campaign__organiser", "group", "criteria_set", "unit").get(code=unit)


def any_organiser(user: Any, slug: str) -> Organiser:
    return Organiser.objects.get(slug=slug)


def any_table(user: Any, slug: str, pk: int) -> PeopleImport:
    return PeopleImport.objects.select_related("organiser__unit").get(pk=pk)


def whatever_was_sent(form: Any) -> Content:
    """What a form makes that fills its object with everything that came."""
    fields = {name: form.data[name] for name in ("note", "legal_basis", "reason") if name in form.data}
    return Content(inputs=form.figures.inputs, **fields)


_remembered: dict[int, Any] = {}


def remembered(user: User) -> Any:
    """Roles as they were when the person was first seen: what a session would hold that keeps them."""
    if user.pk not in _remembered:
        found = user.memberships.select_related("organiser", "unit", "stands_for__user")
        _remembered[user.pk] = list(found.order_by("pk"))
    return _remembered[user.pk]


def all_units(user: Any, *args: Any) -> set[int]:
    return set(Participant.objects.values_list("unit", flat=True))


def without_the_day(found: UnitSuccessionQuerySet, *args: Any, **asked: Any) -> UnitSuccessionQuerySet:
    asked.pop("date__lte", None)
    return QuerySet.filter(found, *args, **asked)


def handed_in(request: Any) -> dict[str, Any]:
    return test_evidence.handed_in()


def an_administrator(request: Any) -> dict[str, Any]:
    organiser = OrganiserFactory()
    admin = person(Role.ADMINISTRATOR, organiser, username="quan-tri")
    return {"organiser": organiser, "admin": admin, "binh": person(Role.COORDINATOR, organiser, username="binh")}


def binh(request: Any) -> dict[str, Any]:
    return {"binh": person(Role.COORDINATOR, OrganiserFactory(), username="binh")}


def binh_alone(request: Any) -> dict[str, Any]:
    return {"user": UserFactory(username="binh")}


def counted(request: Any) -> dict[str, Any]:
    """Passwords that are looked at are counted, as by the fixture of test_throttle.py."""
    settings = request.getfixturevalue("settings")
    settings.PASSWORD_HASHERS = ["tests.abuse.hashing.CountingHasher"]
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": False}
    owner = UserFactory(username="binh")
    CountingHasher.looked = 0
    return {"owner": owner}


def accounts(request: Any) -> dict[str, Any]:
    settings = request.getfixturevalue("settings")
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": False, "reset_password": False}
    settings.HAS_MAIL = True
    person(Role.COORDINATOR, username="co-that")
    return {"people": ["co-that"]}


def mailing(request: Any) -> dict[str, Any]:
    settings = request.getfixturevalue("settings")
    settings.SITE_URL, settings.HAS_MAIL = test_forgotten_password.SITE, True
    return {}


def forgetful(request: Any) -> dict[str, Any]:
    return mailing(request) | {"binh": UserFactory(username="binh", email="binh@tinh.example")}


def what_is_claimed(request: Any) -> str:
    return str(request.META.get("HTTP_X_FORWARDED_FOR", "")).partition(",")[0]


def as_typed(credentials: Any) -> str:
    return str((credentials or {}).get("username") or "")


def as_the_request_says(path: str) -> str:
    """An address with the host of the request: of the hostile one."""
    return f"http://xau.example{path}"


def idle_only(opened_at: Any, seen_at: Any) -> Any:
    return seen_at + settings.SESSION_IDLE


def longest_only(opened_at: Any, seen_at: Any) -> Any:
    return opened_at + settings.SESSION_LONGEST


def one_that_writes(user: User, participant: Participant) -> Any:
    """As if opening a dossier noted that it was opened."""
    Participant.objects.filter(pk=participant.pk).update(note="đã mở")
    return sight_of(user, participant)


def a_log(request: Any) -> dict[str, Any]:
    path = request.getfixturevalue("tmp_path") / "log"
    return {"log": test_trail.lines_in(path, request)}


class FilterByName(TrailFilter):
    """Asks by name whoever reads."""

    def __init__(self, *args: Any, by_name: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, by_name=True, **kwargs)


_receipt = views_of_dossiers._receipt


def with_its_author(request: Any, submission: Any) -> Any:
    found = _receipt(request, submission)
    found.content = json.dumps(json.loads(found.content) | {"author": found.submitted_by_id})
    return found


def any_campaign(user: Any, organiser: Organiser) -> Any:
    return Campaign.objects.filter(organiser=organiser).select_related("organiser")


def another_digest() -> dict[str, str]:
    return {"digest": "0" * 64}


GUARDS = [
    # ── 2.A: who reaches what
    guard("T01", opened("scoring.view_evidence"),
          test_evidence.test_who_gets_evidence_by_which_form_of_request_is_this_table,
          together=handed_in),
    guard("T01", put("scoring.selectors.evidence.participant_visible_to", any_participant),
          test_evidence.test_who_gets_evidence_by_which_form_of_request_is_this_table,
          together=handed_in, is_long=True),
    guard("T02", put("scoring.files.evidence_s3.BucketStorage.url", S3Storage.url),
          test_evidence.test_no_store_gives_a_document_an_address_of_its_own),
    guard("T03", opened("scoring.add_evidence"),
          test_evidence.test_nobody_but_the_unit_writes_by_any_address_and_no_object_is_left,
          together=handed_in),
    guard("T04", loads("units.views.people_import.staged", any_table),
          test_staged.test_a_table_of_people_waits_for_who_uploaded_it_and_for_no_other_administrator, world=a_world),
    guard("T05", put("scoring.services.self_assessment.require", nothing),
          test_dossiers.test_what_was_posted_before_the_submission_is_refused_word_for_word_after_it),
    guard("T06", opened("scoring.submission_submit"), test_dossiers.test_nobody_but_the_head_submits, name="a1"),
    guard("T07", put("scoring.selectors.dossiers.participants_visible_to", everybodys),
          test_dossiers.test_a_head_submits_and_withdraws_only_the_own_unit_whatever_the_path_and_the_body_name),
    guard("T08", put("scoring.forms.dossier.AnswerForm.content", property(whatever_was_sent)),
          test_dossiers.test_a_form_that_carries_every_column_of_every_table_stores_what_it_would_store_without_them,
          **dict(zip(("phase", "name", "route", "rest", "figures"), test_dossiers.SMUGGLING[0], strict=True))),
    guard("T09", put("scoring.selectors.worksheet.stages_shown_to_unit", lambda phase: frozenset(Stage)),
          test_side_doors.test_the_page_of_a_leaf_holds_nothing_of_its_appraisal_yet, year=judged_year),
    guard("T10", put("scoring.selectors.dossiers.held_by", lambda user: Q()),
          test_judging.test_an_appraiser_judges_no_leaf_of_another_component_one_by_one_or_many_at_once,
          year=appraisal),
    guard("T11", put("scoring.selectors.worksheet.Sight.names", yes),
          test_side_doors.test_the_page_of_a_leaf_names_no_appraiser_after_the_release, year=judged_year),
    guard("T12", put("scoring.permissions.conflict_of", lambda user, participant: ""),
          test_judging.test_who_works_in_the_unit_judges_nothing_there_even_if_the_part_was_given, year=appraisal),
    guard("T12", put("scoring.permissions.conflict_of", lambda user, participant: ""),
          test_judging.test_a_council_member_decides_nothing_about_a_unit_of_a_declared_conflict),
    guard("T13", opened("scoring.declare"), test_dossiers.test_nobody_of_the_team_writes_a_units_own_answer,
          phase=Phase.SELF_ASSESSMENT, name="c"),
    guard("T14", put("scoring.services.council.team_pen", lambda *args: YES),
          test_judging.test_the_council_decides_in_its_own_step_and_in_no_other),
    guard("T14", opened("scoring.decide"),
          test_judging.test_nobody_else_decides_at_the_council_and_a_leader_writes_points_nowhere, name="l"),
    guard("T15", opened("reports.approve"), test_publication.test_one_person_alone_never_reaches_the_public, team=Team),
    guard("T15", put("reports.permissions.is_one_hand", no),
          test_publication.test_who_drafted_never_approves_whatever_role_is_added, team=Team),
    guard("T15", put("reports.services.guards.why_stale", nothing),
          test_publication.test_an_approval_given_before_a_figure_changed_publishes_nothing, team=Team),
    guard("T15", put("reports.views.internal._is_the_same_person", yes),
          test_publication.test_a_session_left_open_does_not_approve, team=Team, password="sai-mat-khau"),
    guard("T15", put("reports.services.transitions._refuse_stale", nothing),
          test_publication.test_a_page_that_showed_something_else_approves_nothing, team=Team, seen=another_digest),
    guard("T16", opened("reports.view_publications"),
          test_access.test_other_roles_of_the_organiser_see_no_unpublished_figure, world=a_world, insider="quản trị"),
    guard("T16", both(opened("scoring.view_campaign"), put("scoring.selectors.campaigns.INSIDERS", tuple(Role))),
          test_administrator.test_an_administrator_reads_scores_approves_and_publishes_nothing, world=a_world,
          is_long=True),
    guard("T17", opened("units.administer_portal"),
          test_administrator.test_each_catalogue_is_changed_by_the_keepers_administrator_alone,
          world=a_world, principal="điều phối"),
    guard("T18", put("units.views.gates.authorize", nothing),
          test_access.test_a_leader_reads_but_what_the_coordinator_does_is_refused_with_the_reason, world=a_world),
    guard("T19", put("scoring.selectors.dossiers.held_by", lambda user: Q()),
          test_dossiers.test_a_part_given_to_another_is_closed_to_the_first_at_the_next_request),
    guard("T19", put("units.models.User.current_memberships", property(remembered)),
          test_dossiers.test_a_role_taken_away_closes_every_door_at_the_next_request,
          name="a1", route="answer", rest=("1.2",)),
    guard("T20", put("units.models.Membership._lasts_on", lambda self, day: True),
          test_sessions.test_a_role_that_ended_a_minute_ago_opens_nothing_in_any_open_session,
          together=an_administrator),
    guard("T21", both(put("scoring.selectors.campaigns.organiser_visible_to", any_organiser),
                      put("scoring.selectors.campaigns.campaigns_visible_to", any_campaign)),
          test_dossiers.test_nobody_reaches_another_province_by_its_name_in_the_address,
          worlds=test_dossiers.two_provinces, principal="điều phối"),
    guard("T22", put("scoring.selectors.dossiers.came_before", all_units),
          test_merged_units.test_without_a_recorded_step_nobody_reads_the_other_unit, year=appraisal),
    guard("T22", put("units.models.unit.UnitSuccessionQuerySet.filter", without_the_day),
          test_merged_units.test_an_heir_reads_from_the_day_on_and_not_before, year=appraisal),
    guard("T23", put("scoring.views.dossier._receipt", with_its_author),
          test_side_doors.test_a_receipt_holds_the_fields_that_its_unit_typed_and_nothing_else, year=judged_year),
    guard("T24", put("units.views.trail.TrailFilter", FilterByName),
          test_side_doors.test_no_search_filter_or_order_tells_a_hidden_word_number_or_name_from_none,
          year=judged_year),
    # ── 2.E: sign-in, sessions, the web
    guard("T53", put("parindex.network.client_address", what_is_claimed),
          test_throttle.test_200_wrong_passwords_under_forged_addresses_are_slowed_and_the_owner_gets_in,
          together=counted, kind="behind a proxy", count=30),
    guard("T53", put("parindex.network.IPV6_NETWORK", 128),
          test_throttle.test_200_wrong_passwords_under_forged_addresses_are_slowed_and_the_owner_gets_in,
          together=counted, kind="ipv6", count=30),
    guard("T53", put("units.services.throttle.account_of", as_typed),
          test_throttle.test_one_name_written_in_many_ways_is_one_account, together=counted),
    guard("T54", put("django.contrib.auth.backends.UserModel.set_password", nothing),
          test_enumeration.test_one_password_is_looked_at_for_every_name_and_the_database_is_asked_as_often,
          together=accounts),
    guard("T55", put("units.services.resetting.portal_address", as_the_request_says),
          test_forgotten_password.test_the_link_has_the_configured_host_whatever_the_request_claims,
          together=forgetful, form="X-Forwarded-Host", proxies=0),
    guard("T56", put("units.services.resetting.default_token_generator.check_token", yes),
          test_forgotten_password.test_a_link_dies_by_use_by_another_password_by_signing_in_and_after_an_hour,
          together=mailing, end="changed"),
    guard("T56", put("units.services.second_factor.FactorStage._mark", lambda stage: ""),
          test_second_factor.test_a_password_given_before_it_was_changed_is_not_finished_with_the_code,
          together=binh_alone),
    guard("T56", put("units.models.people.User.has_given_password", property(no)),
          test_given_password.test_nothing_opens_before_the_given_password_is_changed, together=binh_alone),
    guard("T57", put("units.services.session_store._end", idle_only),
          test_sessions.test_a_session_ends_twelve_hours_after_the_sign_in_whatever_is_done, together=binh),
    guard("T57", put("units.services.session_store._end", longest_only),
          test_sessions.test_a_session_ends_after_half_an_hour_without_a_request, together=binh),
    guard("T58", without_middleware("django.middleware.csrf.CsrfViewMiddleware"),
          test_access.test_every_address_refuses_a_post_without_its_csrf_token, world=a_world, principal="lãnh đạo"),
    guard("T58", put("scoring.views.dossier_frame.sight_of", one_that_writes),
          test_access.test_reading_writes_nothing_whoever_reads, world=a_world, principal="thủ trưởng", is_long=True),
    guard("T59", put("units.services.accounts.AccountAdapter.is_safe_url", lambda self, url: "[" not in url),
          test_sign_in.test_no_way_after_signing_in_or_out_or_confirming_leads_elsewhere, together=binh_alone),
    guard("T67", put("units.views.founding.is_founded", no),
          test_founding.test_a_portal_that_stands_has_no_such_page_and_gives_no_token, token=issue_token),
    guard("T67", put("units.services.founding._digest", lambda token: token),
          test_founding.test_the_command_prints_the_token_once_and_keeps_only_its_hash),
    guard("T68", put("units.services.sessions._end", lambda sessions: 0),
          test_sessions.test_all_others_are_ended_at_once_and_this_one_stays, together=binh),
    guard("T68", opened("units.administer_account"),
          test_sessions.test_only_who_answers_for_the_account_ends_all_sessions_of_a_person,
          together=an_administrator),
    guard("T69", without_triggers("units.models.TrailEntry"),
          test_trail.test_a_row_deleted_by_hand_is_refused_and_where_the_refusal_was_taken_off_told_by_its_line),
    guard("T69", put("units.trail.chain._link", lambda previous, entry: "0" * 64),
          test_trail.test_a_row_edited_by_hand_is_told_by_its_line, column="object_label", value="Việc khác"),
    guard("T69", put("parindex.logs.OneLine.formatMessage", logging.Formatter.formatMessage),
          test_trail.test_what_somebody_typed_never_begins_a_line_of_the_log, together=a_log, end="\n"),
]  # fmt: skip
