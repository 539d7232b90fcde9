"""Roles lent while somebody is away."""

from django.urls import path

from units.views import delegation

urlpatterns = [
    path("<slug:slug>/uy-quyen/", delegation.own, name="lending"),
    path("<slug:slug>/uy-quyen/<int:membership>/", delegation.give, name="lend"),
    path("<slug:slug>/uy-quyen/<int:membership>/thoi/", delegation.take_back, name="lend_end"),
]
