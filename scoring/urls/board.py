"""A unit's own work in a year: its board, who looks after what, its questions to the coordinator."""

from django.urls import path

from scoring.views import board, questions, sharing

_CAMPAIGN = "<slug:slug>/ky/<str:code>/"
_UNIT = _CAMPAIGN + "phieu/<str:unit>/"

urlpatterns = [
    path(_UNIT + "bang/", board.board, name="board"),
    path(_UNIT + "bang/phan-tich/", board.outlook, name="board_outlook"),
    path(_UNIT + "chia-viec/", sharing.shares, name="shares"),
    path(_UNIT + "tc/<str:criterion>/trao-doi/", questions.leaf, name="questions"),
    path(_CAMPAIGN + "cau-hoi/", questions.campaign, name="questions_campaign"),
    path(_CAMPAIGN + "cau-hoi/<number:pk>/", questions.question, name="question"),
]
