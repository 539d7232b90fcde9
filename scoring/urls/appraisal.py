"""Appraisal parts and who holds them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
