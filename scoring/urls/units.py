"""The tree of units, looked at from one organiser."""

from django.urls import path

from scoring.views import histories, units

_UNIT = "<slug:slug>/cay-don-vi/<number:unit_id>/"

urlpatterns = [
    path("<slug:slug>/cay-don-vi/", units.tree, name="units"),
    path(_UNIT, units.unit, name="unit"),
    path(_UNIT + "lich-su/", histories.unit, name="unit_history"),
    path(_UNIT + "ket-thuc/", units.end, name="unit_end"),
    path(_UNIT + "hoan-tac/", units.undo, name="unit_undo"),
]
