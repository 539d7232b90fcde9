"""The council's room: its list, one point, classes by decision, all decisions, and the minutes."""

from django.urls import path

from scoring.views import council, council_point, minutes

_ROOM = "<slug:slug>/ky/<str:code>/hoi-dong/"
_POINT = _ROOM + "muc/<str:unit>/<str:criterion>/"

urlpatterns = [
    path(_ROOM, council.points, name="council"),
    path(_ROOM + "mo-muc/", council.pick, name="council_pick"),
    path(_ROOM + "quyet-dinh/", council.decisions, name="council_decisions"),
    path(_ROOM + "bien-ban/", minutes.sessions, name="council_sessions"),
    path(_ROOM + "bien-ban/them/", minutes.add, name="council_session_add"),
    path(_ROOM + "bien-ban/<number:pk>/", minutes.session, name="council_session"),
    path(_ROOM + "xep-loai/<str:unit>/", council_point.grade, name="council_grade"),
    path(_ROOM + "giu-tu-cham/<str:unit>/", council.keep_all, name="council_keep_all"),
    path(_POINT, council_point.point, name="council_point"),
    path(_POINT + "rut/", council_point.take_back, name="council_withdraw"),
]
