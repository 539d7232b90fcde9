"""Addresses of units in the workspace, below /lam-viec/; one file an area."""

from units.urls import delegation, people, security, starting, trail

app_name = "units"

urlpatterns = [
    *people.urlpatterns,
    *delegation.urlpatterns,
    *starting.urlpatterns,
    *security.urlpatterns,
    *trail.urlpatterns,
]
