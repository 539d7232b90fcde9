"""Explanations of units: the coordinator's list, one unit's, and one leaf of it."""

from django.urls import path

from scoring.views import explanation

_CAMPAIGN = "<slug:slug>/ky/<str:code>/"
_UNIT = _CAMPAIGN + "phieu/<str:unit>/giai-trinh/"

urlpatterns = [
    path(_CAMPAIGN + "giai-trinh/", explanation.explanations, name="explanations"),
    path(_UNIT, explanation.explanation, name="explanation"),
    path(_UNIT + "buoc/<slug:name>/", explanation.step, name="explanation_step"),
    path(_UNIT + "moi-lai/", explanation.ask_again, name="explanation_ask_again"),
    path(_UNIT + "tc/<str:criterion>/", explanation.item, name="explanation_item"),
]
