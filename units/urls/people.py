"""People of an organiser and their roles."""

from django.urls import path

from units.views import memberships, people

_PERSON = "<slug:slug>/nguoi/<int:person>/"

urlpatterns = [
    path("<slug:slug>/nguoi/", people.people, name="people"),
    path("<slug:slug>/nguoi/them/", people.add, name="person_add"),
    path("<slug:slug>/nguoi/da-co/", memberships.take_in, name="person_take_in"),
    path(_PERSON, people.person, name="person"),
    path(_PERSON + "sua/", people.change, name="person_change"),
    path(_PERSON + "khoa/", people.lock, name="person_lock"),
    path(_PERSON + "mo/", people.unlock, name="person_unlock"),
    path(_PERSON + "mat-khau/", people.password, name="person_password"),
    path(_PERSON + "vai-tro/", memberships.add, name="membership_add"),
    path(_PERSON + "vai-tro/<int:membership>/ket-thuc/", memberships.end, name="membership_end"),
]
