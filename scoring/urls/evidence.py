"""Documents of a unit."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
