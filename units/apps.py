from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.urls import register_converter


class UnitsConfig(AppConfig):
    name = "units"
    verbose_name = "Đơn vị và người dùng"

    def ready(self) -> None:
        from units.admin import people, unit  # noqa: F401  (registers the catalogues)
        from units.validators import RowNumber

        register_converter(RowNumber, "number")


class BackOfficeConfig(AdminConfig):
    """The stock admin, kept for catalogues (units, people) and opened by our own permission table only."""

    default_site = "units.admin.site.BackOffice"
