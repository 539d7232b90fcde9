"""Roles are given from today on, what has ended is not taken for what is in force; a user name is one person's."""

import datetime
import importlib
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from tests.factories import OrganiserFactory, UserFactory, person
from units.enums import Role
from units.forms import PersonForm
from units.forms.founding import FoundingForm
from units.models import Organiser, TrailEntry, Unit, User
from units.services.accounts import create_person, grant, rename_account

pytestmark = pytest.mark.django_db


def test_a_role_in_force_is_not_given_twice() -> None:
    user, organiser = UserFactory(), OrganiserFactory()
    first = grant(user=user, organiser=organiser, role=Role.LEADER, by=None)
    assert grant(user=user, organiser=organiser, role=Role.LEADER, by=None) == first
    assert TrailEntry.objects.filter(action="units.grant").count() == 1


def test_a_role_that_has_ended_is_given_anew() -> None:
    user, organiser = UserFactory(), OrganiserFactory()
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    ended = user.memberships.create(
        organiser=organiser, unit=organiser.unit, role=Role.LEADER, valid_from=yesterday, valid_to=yesterday
    )
    anew = grant(user=user, organiser=organiser, role=Role.LEADER, by=None)
    assert anew != ended
    assert (anew.valid_from, anew.valid_to) == (timezone.localdate(), None)


@pytest.mark.parametrize("form", [PersonForm, FoundingForm])
def test_a_user_name_is_one_name_however_it_is_written(form) -> None:
    person(username="binh.nv")
    typed = {"username": "Binh.NV", "full_name": "Nguyễn Văn Bình"}
    refused = PersonForm(typed) if form is PersonForm else FoundingForm([], typed)
    assert refused.errors["username"] == ["Tên đăng nhập này đã có người dùng."]
    with pytest.raises(IntegrityError), transaction.atomic():
        create_person(by=None, password=None, **typed)


def test_an_account_keeps_its_own_name_in_other_capitals() -> None:
    rename_account(person(username="binh.nv"), "Binh.nv", by=None)
    assert User.objects.get().username == "Binh.nv"
    assert TrailEntry.objects.get().data == {"before": {"username": "binh.nv"}, "after": {"username": "Binh.nv"}}


@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\u2066", "\u00ad", "\u0007"])
def test_a_name_holds_no_sign_that_nobody_sees(sign) -> None:
    name, told = f"Nguyễn{sign} Văn A", f"U+{ord(sign):04X}"
    form = PersonForm({"username": "a", "full_name": name})
    assert told in form.errors["full_name"][0]
    for thing in (Unit(name=name), Organiser(title=name)):
        with pytest.raises(ValidationError) as refused:
            thing.clean_fields()
        assert told in str(refused.value)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_vietnamese_name_is_taken_however_it_is_encoded(form) -> None:
    name = unicodedata.normalize(form, "Đặng Thị Ngưỡng Y'Blơ H’Hen Niê-Kđăm")
    assert "full_name" not in PersonForm({"username": "a", "full_name": name}).errors


@pytest.mark.django_db(transaction=True)
def test_twins_of_before_stop_the_migration_with_their_names_and_a_way_out() -> None:
    name = "0011_one_user_name"
    migration = importlib.import_module(f"units.migrations.{name}").Migration(name, "units")
    state = MigrationLoader(connection).project_state(("units", "0010_organiser_address"))
    with connection.schema_editor() as editor:
        migration.unapply(state.clone(), editor)
    try:
        person(username="binh.nv")
        person(username="Binh.nv")
        told = r"\(binh.nv, Binh.nv\).* manage.py rename_account TÊN_CŨ TÊN_MỚI"
        with pytest.raises(CommandError, match=told), connection.schema_editor() as editor:
            migration.apply(state.clone(), editor)
        with pytest.raises(CommandError, match="đã có người dùng"):
            call_command("rename_account", "Binh.nv", "BINH.nv")
        call_command("rename_account", "Binh.nv", "binh.nv2")
    finally:
        User.objects.filter(username="Binh.nv").update(username="binh.nv2")
        with connection.schema_editor() as editor:
            migration.apply(state.clone(), editor)
    assert set(User.objects.values_list("username", flat=True)) == {"binh.nv", "binh.nv2"}
