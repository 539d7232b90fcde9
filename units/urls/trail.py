"""The trail of the site."""

from django.urls import path

from units.views import trail

urlpatterns = [
    path("<slug:slug>/nhat-ky/", trail.site, name="trail"),
]
