"""People of an organiser and their roles."""

from django.urls import path

from units.views import invitations, memberships, people, people_import

_PERSON = "<slug:slug>/nguoi/<number:person>/"

urlpatterns = [
    path("<slug:slug>/nguoi/", people.people, name="people"),
    path("<slug:slug>/nguoi/them/", people.add, name="person_add"),
    path("<slug:slug>/nguoi/da-co/", memberships.take_in, name="person_take_in"),
    path("<slug:slug>/nguoi/moi/", invitations.board, name="people_invite"),
    path("<slug:slug>/nguoi/moi/phieu/", invitations.slips, name="people_slips"),
    path("<slug:slug>/nguoi/moi/thu/", invitations.letters, name="people_letters"),
    path("<slug:slug>/nguoi/moi/chu/", invitations.texts, name="people_texts"),
    path("<slug:slug>/nguoi/moi-excel/", people_import.upload, name="people_import"),
    path("<slug:slug>/nguoi/moi-excel/mau/", people_import.empty, name="people_template"),
    path("<slug:slug>/nguoi/moi-excel/<number:pk>/", people_import.staged, name="people_staged"),
    path("<slug:slug>/nguoi/moi-excel/<number:pk>/bang/", people_import.report, name="people_report"),
    path("<slug:slug>/nguoi/moi-excel/<number:pk>/ap-dung/", people_import.apply_staged, name="people_apply"),
    path(_PERSON + "ma/", invitations.one_code, name="person_code"),
    path(_PERSON + "thu-moi/", invitations.one_letter, name="person_letter"),
    path(_PERSON + "thu-hoi/", invitations.take_back, name="person_take_back"),
    path(_PERSON, people.person, name="person"),
    path(_PERSON + "sua/", people.change, name="person_change"),
    path(_PERSON + "khoa/", people.lock, name="person_lock"),
    path(_PERSON + "mo/", people.unlock, name="person_unlock"),
    path(_PERSON + "phien/", people.end_sessions, name="person_sessions"),
    path(_PERSON + "mat-khau/", people.password, name="person_password"),
    path(_PERSON + "vai-tro/", memberships.add, name="membership_add"),
    path(_PERSON + "vai-tro/<number:membership>/ket-thuc/", memberships.end, name="membership_end"),
]
