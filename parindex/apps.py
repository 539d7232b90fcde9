from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "parindex"
    verbose_name = "Cổng Chỉ số CCHC"

    def ready(self) -> None:
        from parindex import checks  # noqa: F401  (registers the start checks)
