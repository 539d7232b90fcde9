"""A unit's worksheet, submission and receipts."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
