"""The analysis of a run, and of one unit in its year."""

from django.urls import path

from scoring.views import analysis_run, analysis_unit

_CAMPAIGN = "<slug:slug>/ky/<str:code>/"
_RUN = _CAMPAIGN + "lan-tinh/<number:number>/phan-tich/"

urlpatterns = [
    path(_RUN, analysis_run.near, name="analysis"),
    path(_RUN + "do-vung/", analysis_run.ranges, name="analysis_ranges"),
    path(_RUN + "mat-diem/", analysis_run.lost, name="analysis_lost"),
    path(_RUN + "so-nam-truoc/", analysis_run.change, name="analysis_change"),
    path(_CAMPAIGN + "phieu/<str:unit>/phan-tich/", analysis_unit.unit, name="analysis_unit"),
]
