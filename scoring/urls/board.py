"""A unit's own work in a year: board, shares, questions to the coordinator, tasks that grew from lost points."""

from django.urls import path

from scoring.views import board, follow_up_task, follow_ups, questions, sharing

_CAMPAIGN = "<slug:slug>/ky/<str:code>/"
_UNIT = _CAMPAIGN + "phieu/<str:unit>/"
_TASKS = _UNIT + "theo-doi/"
_TASK = _TASKS + "<number:pk>/"

urlpatterns = [
    path(_UNIT + "bang/", board.board, name="board"),
    path(_UNIT + "bang/phan-tich/", board.outlook, name="board_outlook"),
    path(_UNIT + "chia-viec/", sharing.shares, name="shares"),
    path(_UNIT + "tc/<str:criterion>/trao-doi/", questions.leaf, name="questions"),
    path(_CAMPAIGN + "cau-hoi/", questions.campaign, name="questions_campaign"),
    path(_CAMPAIGN + "cau-hoi/<number:pk>/", questions.question, name="question"),
    path(_CAMPAIGN + "theo-doi/", follow_ups.campaign, name="follow_ups_campaign"),
    path(_TASKS, follow_ups.follow_ups, name="follow_ups"),
    path(_TASKS + "them/<str:criterion>/", follow_ups.add, name="follow_up_add"),
    path(_TASK, follow_up_task.follow_up, name="follow_up"),
    path(_TASK + "tep/", follow_up_task.bring_file, name="follow_up_bring"),
    path(_TASK + "tep/<number:file>/", follow_up_task.file, name="follow_up_file"),
    path(_TASK + "tep/<number:file>/go/", follow_up_task.drop_file, name="follow_up_drop"),
    path(_UNIT + "tc/<str:criterion>/tu-theo-doi/", follow_ups.offers, name="follow_up_offers"),
]
