"""The units of an organiser that begins."""

from django.urls import path

from units.views import starting

_START = "<slug:slug>/thiet-lap/don-vi/"

urlpatterns = [
    path(_START, starting.start, name="start"),
    path(_START + "xa/", starting.communes, name="start_communes"),
    path(_START + "xa/don-vi-truoc/", starting.predecessors, name="start_predecessors"),
    path(_START + "so/", starting.departments, name="start_departments"),
    path(_START + "mau-don-vi.xlsx", starting.empty_table, name="start_template"),
    path(_START + "bang/", starting.table, name="start_table"),
    path(_START + "bang/ap-dung/", starting.apply_table, name="start_apply"),
]
