"""Entered points and exclusions."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
