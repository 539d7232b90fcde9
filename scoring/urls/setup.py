"""Setting up a year, its phases and its progress."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
