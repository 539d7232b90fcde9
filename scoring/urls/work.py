"""What waits for a person."""

from django.urls import path

from scoring.views import work

urlpatterns = [
    path("<slug:slug>/viec/", work.work, name="work"),
]
