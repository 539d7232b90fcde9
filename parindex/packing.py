"""Pages of the workspace go packed over slow lines."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class PackPrivatePages(GZipMiddleware):
    """Packs what is written for one reader: pages and answers to scripts.

    Django pads every such answer by a random length, and its form tokens look different on each page, so that their
    length tells nobody what stands beside text that he or she smuggled in (BREACH). Released pages have been packed
    when they were rendered; downloads and streams go out as they are, most of them packed inside.
    """

    KINDS = ("text/html", "application/json")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return super().process_response(request, response) if self._is_page(response) else response

    def _is_page(self, response: HttpResponseBase) -> bool:
        kind = response.get("Content-Type", "").partition(";")[0]
        is_for_one_reader = "private" in response.get("Cache-Control", "")
        is_download = response.get("Content-Disposition", "").startswith("attachment")
        is_whole = isinstance(response, HttpResponse)
        return is_whole and kind in self.KINDS and is_for_one_reader and not is_download
