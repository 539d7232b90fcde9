"""Entered points and exclusions."""

from django.urls import path

from scoring.views import entered, entered_file, exclusions

_ENTERED = "<slug:slug>/ky/<str:code>/diem-nhap/"
_LEAF = f"{_ENTERED}khoi/<str:group>/<str:set_code>/<str:criterion>/"
_UNIT = f"{_ENTERED}don-vi/<str:unit>/<str:criterion>/"
_FILE = f"{_ENTERED}tep/"
_EXCLUSIONS = "<slug:slug>/ky/<str:code>/khong-danh-gia/"

urlpatterns = [
    path(_ENTERED, entered.overview, name="entered"),
    path(_LEAF, entered.leaf, name="entered_leaf"),
    path(f"{_LEAF}luu/", entered.save_leaf, name="entered_save"),
    path(f"{_LEAF}xac-nhan/", entered.confirm_leaf, name="entered_confirm"),
    path(_UNIT, entered.unit, name="entered_unit"),
    path(f"{_UNIT}xoa/", entered.clear_unit, name="entered_clear"),
    path(_FILE, entered_file.upload, name="entered_upload"),
    path(f"{_FILE}mau.xlsx", entered_file.workbook, name="entered_workbook"),
    path(f"{_FILE}<number:upload>/", entered_file.uploaded, name="entered_uploaded"),
    path(f"{_FILE}<number:upload>/ap-dung/", entered_file.apply_upload, name="entered_apply"),
    path(f"{_FILE}<number:upload>/bo/", entered_file.discard_upload, name="entered_discard"),
    path(_EXCLUSIONS, exclusions.exclusions, name="exclusions"),
    path(f"{_EXCLUSIONS}them/", exclusions.add, name="exclusion_add"),
    path(f"{_EXCLUSIONS}<number:exclusion>/xac-nhan/", exclusions.confirm, name="exclusion_confirm"),
    path(f"{_EXCLUSIONS}<number:exclusion>/go/", exclusions.remove, name="exclusion_remove"),
]
