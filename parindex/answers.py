"""Refusals for a script: the same as the pages of `parindex.views`, in a shape that is read without guessing.

`state` tells what happened: "signed_out" (401, `url` is the sign-in that leads back to the page), "csrf" and "refused"
(403, 400, 405, 413). `text` is the sentence for the person. A 404 stays the one constant page (case T25).
"""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

JSON, HTML = "application/json", "text/html"


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, by its header Accept; a browser that opens a page names text/html there."""
    asked = request.headers.get("Accept", "")
    return JSON in asked and HTML not in asked


def signed_out(url: str) -> JsonResponse:
    """401: nobody is signed in (any more); nothing was done."""
    text = "Phiên làm việc đã kết thúc. Nội dung đang gõ còn giữ trên máy này; đăng nhập lại để lưu."
    return JsonResponse({"state": "signed_out", "url": url, "text": text}, status=401)


def refused(text: str, status: int, state: str = "refused") -> JsonResponse:
    """`faults` has the same sentence about no field in particular, as where fields are refused."""
    faults = [{"key": "", "label": "", "text": text}]
    return JsonResponse({"state": state, "text": text, "faults": faults}, status=status)
