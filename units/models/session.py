"""Who is signed in where: one row a browser, kept by Django's session machinery (`units.services.session_store`)."""

from __future__ import annotations

import hashlib

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

# What a browser says of itself, the telling ones first: most call themselves Chrome and Safari besides.
_BROWSERS = (
    ("coc_coc_browser", "Cốc Cốc"), ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_MACHINES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "máy Mac"),
    ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


class SessionQuerySet(models.QuerySet["Session"]):
    def alive(self) -> SessionQuerySet:
        """Those that would still be let in, the latest in use first."""
        return self.filter(expire_date__gt=timezone.now()).order_by("-seen_at", "session_key")


class SessionManager(models.Manager.from_queryset(SessionQuerySet)):  # type: ignore[misc]
    """A session is read to know who is there: its person comes with it, in the query that every page begins with."""

    def get_queryset(self) -> SessionQuerySet:
        return super().get_queryset().select_related("user")  # type: ignore[no-any-return]


class Session(AbstractBaseSession):
    """One browser's session. `user` is empty until somebody signs in; `expire_date` is the end as things stand: the
    idle limit after `seen_at`, and never later than the absolute limit after `opened_at` (the sign-in)."""

    user = models.ForeignKey("units.User", on_delete=models.CASCADE, null=True, related_name="sessions")
    address = models.CharField("địa chỉ mạng", max_length=45)
    agent = models.CharField("trình duyệt tự giới thiệu", max_length=300)
    opened_at = models.DateTimeField("đăng nhập lúc")
    seen_at = models.DateTimeField("hoạt động gần nhất")

    objects = SessionManager()  # type: ignore[assignment, misc]

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        verbose_name = "phiên đăng nhập"
        verbose_name_plural = "phiên đăng nhập"

    @property
    def mark(self) -> str:
        """What pages call this session by: the key itself opens it and is never shown."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:32]

    @property
    def device(self) -> str:
        """The browser and the machine in words, as far as the browser says which."""
        browser = next((name for sign, name in _BROWSERS if sign in self.agent), "Trình duyệt khác")
        machine = next((name for sign, name in _MACHINES if sign in self.agent), "")
        return f"{browser} trên {machine}" if machine else browser
