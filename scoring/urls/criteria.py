"""Criteria sets and their amendments."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
