"""Campaigns, runs and past tables."""

from django.urls import path

from scoring.views import campaigns, histories, past

urlpatterns = [
    path("<slug:slug>/", campaigns.campaigns, name="campaigns"),
    path("<slug:slug>/ky/<str:code>/", campaigns.campaign, name="campaign"),
    path("<slug:slug>/ky/<str:code>/thong-tin/", campaigns.settings, name="settings"),
    path("<slug:slug>/ky/<str:code>/nhat-ky/", histories.campaign, name="history"),
    path("<slug:slug>/ky/<str:code>/don-vi/<str:unit>/xep-hang/", campaigns.ranking, name="ranking"),
    path("<slug:slug>/ky/<str:code>/tinh/", campaigns.calculate_now, name="calculate"),
    path("<slug:slug>/ky/<str:code>/tinh-thu/", campaigns.calculate_provisionally, name="calculate_provisionally"),
    path("<slug:slug>/ky/<str:code>/con-thieu/", campaigns.missing, name="missing"),
    path("<slug:slug>/ky/<str:code>/lan-tinh/<number:number>/", campaigns.run, name="run"),
    path("<slug:slug>/ky/<str:code>/lan-tinh/<number:number>/trinh-lanh-dao/", campaigns.show, name="show_run"),
    path(
        "<slug:slug>/ky/<str:code>/lan-tinh/<number:number>/campaign.json",
        campaigns.campaign_file,
        name="campaign_file",
    ),
    path(
        "<slug:slug>/ky/<str:code>/lan-tinh/<number:number>/results.json", campaigns.results_file, name="results_file"
    ),
    path("<slug:slug>/ky/<str:code>/lan-tinh/<number:number>/doi-chieu/", past.report, name="past_report"),
    path(
        "<slug:slug>/ky/<str:code>/lan-tinh/<number:number>/doi-chieu.xlsx", past.report_file, name="past_report_xlsx"
    ),
    path("<slug:slug>/nhap-ket-qua/", past.upload, name="past_upload"),
    path("<slug:slug>/nhap-ket-qua/mau.xlsx", past.empty_template, name="past_template"),
    path("<slug:slug>/nhap-ket-qua/<number:pk>/", past.import_page, name="past_import"),
    path("<slug:slug>/nhap-ket-qua/<number:pk>/ap-dung/", past.apply_import, name="past_apply"),
    path("<slug:slug>/nhap-ket-qua/<number:pk>/bo/", past.discard_import, name="past_discard"),
]
