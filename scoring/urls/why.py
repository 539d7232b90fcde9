""" "Vì sao số này?": a unit and its nodes, as they stand and as a run printed them."""

from django.urls import path

from scoring.views import why

_CAMPAIGN = "<slug:slug>/ky/<str:code>/"
_NOW = _CAMPAIGN + "phieu/<str:unit>/vi-sao/"
_RUN = _CAMPAIGN + "lan-tinh/<number:number>/vi-sao/<str:unit>/"

urlpatterns = [
    path(_NOW, why.as_it_stands, name="why_unit"),
    path(_NOW + "<str:node>/", why.as_it_stands, name="why_node"),
    path(_RUN, why.as_printed, name="why_run_unit"),
    path(_RUN + "<str:node>/", why.as_printed, name="why_run_node"),
]
