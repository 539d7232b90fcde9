"""What waits for a person."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
