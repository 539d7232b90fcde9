"""Addresses of units in the workspace, below /lam-viec/; one file an area."""

from units.urls import people, starting, trail

app_name = "units"

urlpatterns = [
    *people.urlpatterns,
    *starting.urlpatterns,
    *trail.urlpatterns,
]
