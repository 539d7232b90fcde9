"""Named persons and what each may do, for which organiser, from when to when."""

from __future__ import annotations

import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from units.enums import Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """A person who can sign in; without `password` the account waits for a reset link."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One named person. There is no superuser: what a person may do comes from memberships alone."""

    username = models.CharField(
        "tên đăng nhập",
        max_length=64,
        unique=True,
        validators=[
            ASCIIUsernameValidator(message="Tên đăng nhập chỉ gồm chữ không dấu, chữ số và các dấu @ . + - _.")
        ],
        error_messages={"unique": "Tên đăng nhập này đã có người dùng."},
    )
    full_name = models.CharField("họ và tên", max_length=120)
    email = models.EmailField("thư điện tử", blank=True)
    is_active = models.BooleanField("được đăng nhập", default=True)
    is_demo = models.BooleanField("tài khoản dùng thử", default=False, editable=False)
    created_at = models.DateTimeField("tạo lúc", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "người dùng"
        verbose_name_plural = "người dùng"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    @property
    def current_memberships(self) -> list[Membership]:
        """Today's memberships with their organisers; read once for the life of this object (one request)."""
        if not hasattr(self, "_current_memberships"):
            self._current_memberships = list(
                self.memberships.valid_on(timezone.localdate()).select_related("organiser", "unit").order_by("pk")
            )
        return self._current_memberships


class MembershipQuerySet(models.QuerySet["Membership"]):
    def valid_on(self, day: datetime.date) -> MembershipQuerySet:
        """Memberships in force on `day`, both ends included."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class Membership(models.Model):
    """`user` acts as `role` for `unit` under `organiser`; `components` narrows an appraiser to codes of lĩnh vực."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name="người dùng")
    organiser = models.ForeignKey(
        "units.Organiser", on_delete=models.PROTECT, related_name="memberships", verbose_name="đơn vị tổ chức"
    )
    unit = models.ForeignKey(
        "units.Unit", on_delete=models.PROTECT, related_name="memberships", verbose_name="đơn vị công tác"
    )
    role = models.CharField("vai trò", max_length=20, choices=Role)
    components = models.JSONField("mã lĩnh vực được giao", default=list, blank=True)
    valid_from = models.DateField("từ ngày", default=timezone.localdate)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "phân công"
        verbose_name_plural = "phân công"
        ordering = ["organiser", "role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organiser", "unit", "role", "valid_from"],
                name="membership_once",
                violation_error_message="Người này đã có vai trò đó từ cùng ngày.",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="membership_ends_after_it_begins",
                violation_error_message="Ngày kết thúc không được trước ngày bắt đầu.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.organiser}"
