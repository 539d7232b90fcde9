"""How somebody signs in, for who administers the account."""

from django.urls import path

from units.views import person_security

_PERSON = "<slug:slug>/nguoi/<number:person>/bao-mat/"

urlpatterns = [
    path(_PERSON, person_security.overview, name="person_security"),
    path(_PERSON + "go/", person_security.take_off, name="person_factor_off"),
    path(_PERSON + "mot-lan/", person_security.link, name="person_sign_on"),
]
