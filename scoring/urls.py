"""Addresses of scoring in the workspace, below /lam-viec/."""

from django.urls import path

from scoring.views import campaigns

app_name = "scoring"

urlpatterns = [
    path("<slug:slug>/", campaigns.campaigns, name="campaigns"),
    path("<slug:slug>/ky/<str:code>/", campaigns.campaign, name="campaign"),
    path("<slug:slug>/ky/<str:code>/thong-tin/", campaigns.settings, name="settings"),
    path("<slug:slug>/ky/<str:code>/nhat-ky/", campaigns.history, name="history"),
    path("<slug:slug>/ky/<str:code>/don-vi/<str:unit>/xep-hang/", campaigns.ranking, name="ranking"),
    path("<slug:slug>/ky/<str:code>/tinh/", campaigns.calculate_now, name="calculate"),
    path("<slug:slug>/ky/<str:code>/lan-tinh/<int:number>/", campaigns.run, name="run"),
    path(
        "<slug:slug>/ky/<str:code>/lan-tinh/<int:number>/campaign.json", campaigns.campaign_file, name="campaign_file"
    ),
    path("<slug:slug>/ky/<str:code>/lan-tinh/<int:number>/results.json", campaigns.results_file, name="results_file"),
]
