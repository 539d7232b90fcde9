"""The council's room."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
