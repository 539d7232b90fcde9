"""Setting up a year, its phases and its progress."""

from django.urls import path

from scoring.views import late_units, phases, progress, reminders, setup

_CAMPAIGN = "<slug:slug>/ky/<str:code>/"
_GROUP = _CAMPAIGN + "khoi/<str:group>/"
_UNIT = _CAMPAIGN + "don-vi/<str:unit>/"

urlpatterns = [
    path("<slug:slug>/ky-moi/", setup.new_campaign, name="campaign_new"),
    path(_CAMPAIGN + "sao/", setup.clone_campaign, name="campaign_clone"),
    path(_CAMPAIGN + "to-chuc/", setup.setup, name="setup"),
    path(_CAMPAIGN + "khong-che/", setup.gates, name="gates"),
    path(_CAMPAIGN + "khong-che/bo/", setup.gate_remove, name="gate_remove"),
    path(_GROUP, setup.group, name="group"),
    path(_GROUP + "len/", setup.group_up, name="group_up"),
    path(_GROUP + "bo/", setup.group_remove, name="group_remove"),
    path(_GROUP + "don-vi/", setup.group_units, name="group_units"),
    path(_GROUP + "don-vi/vao-sau/", late_units.late_unit, name="group_late"),
    path(_GROUP + "bo-tieu-chi/", setup.group_set, name="group_set"),
    path(_GROUP + "khong-che/", setup.group_gates, name="group_gates"),
    path(_GROUP + "khong-che/bo/", setup.group_gate_remove, name="group_gate_remove"),
    path(_UNIT, setup.participant, name="participant"),
    path(_UNIT + "bo/", setup.participant_remove, name="participant_remove"),
    path(_CAMPAIGN + "buoc/", phases.phases, name="phases"),
    path(_CAMPAIGN + "buoc/dung-thu/", phases.demo_switch, name="demo_switch"),
    path(_CAMPAIGN + "buoc/tat-ca/<slug:name>/", phases.all_step, name="all_step"),
    path(_CAMPAIGN + "buoc/khoi/<str:group>/<slug:name>/", phases.group_step, name="group_step"),
    path(_CAMPAIGN + "loi-nhac/", reminders.reminders, name="reminders"),
    path(_CAMPAIGN + "loi-nhac/gui/", reminders.send, name="reminders_send"),
    path(_CAMPAIGN + "tien-do/", progress.progress, name="progress"),
    path(_CAMPAIGN + "tien-do/<str:unit>/", progress.unit_progress, name="progress_unit"),
    path(_CAMPAIGN + "tien-do/<str:unit>/<slug:name>/", progress.unit_step, name="progress_step"),
]
