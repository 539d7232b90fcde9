"""Roles lent while somebody is away."""

from django.urls import path

from units.views import delegation

urlpatterns = [
    path("<slug:slug>/uy-quyen/", delegation.own, name="lending"),
    path("<slug:slug>/uy-quyen/<number:membership>/", delegation.give, name="lend"),
    path("<slug:slug>/uy-quyen/<number:membership>/thoi/", delegation.take_back, name="lend_end"),
]
