"""Named persons and what each may do, for which organiser, from when to when."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from units.enums import Role
from units.models.fields import DerivedCharField, sort_column
from units.models.notice import unread_of_user
from units.validators import visible_name
from units.vietnamese import fold

NAME_TAKEN = "Tên đăng nhập này đã có người dùng."


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
        error_messages={"unique": NAME_TAKEN},
    )
    full_name = models.CharField("họ và tên", max_length=120, validators=[visible_name])
    email = models.EmailField("thư điện tử", blank=True)
    is_active = models.BooleanField("được đăng nhập", default=True)
    is_demo = models.BooleanField("tài khoản dùng thử", default=False, editable=False)
    created_at = models.DateTimeField("tạo lúc", auto_now_add=True)
    password_given_at = models.DateTimeField("người khác đặt mật khẩu lúc", null=True, blank=True, editable=False)
    name_sort = DerivedCharField(max_length=840, source="full_name", derive=sort_column)
    name_fold = DerivedCharField(max_length=150, source="full_name", derive=fold)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "người dùng"
        verbose_name_plural = "người dùng"
        ordering = ["username"]
        # Whoever signs in is looked up without regard to capitals; of two such twins neither would get in.
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_name_once", violation_error_message=NAME_TAKEN)
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        """The same as the constraint, told at the field."""
        super().validate_unique(exclude)
        others = User.objects.exclude(pk=self.pk)
        if "username" not in (exclude or ()) and others.filter(username__iexact=self.username).exists():
            raise ValidationError({"username": NAME_TAKEN})

    def get_full_name(self) -> str:
        return self.full_name

    @property
    def has_given_password(self) -> bool:
        """Whether the password in force is known to somebody else, who gave it; those of the demo everybody knows."""
        return self.password_given_at is not None and not self.is_demo

    @property
    def current_memberships(self) -> list[Membership]:
        """Today's memberships with their organisers; read once for the life of this object (one request)."""
        if not hasattr(self, "_current_memberships"):
            self._current_memberships = self._read_memberships(timezone.localdate())
        return self._current_memberships

    def _read_memberships(self, day: datetime.date) -> list[Membership]:
        """As `MembershipQuerySet.valid_on`, decided in Python: every page begins with this, and Django needs several
        milliseconds to put that condition into SQL, for the few roles that one person ever had."""
        held = list(
            self.memberships.select_related("organiser", "unit")
            .annotate(unread_notices=unread_of_user())  # every page tells it: asked with what every page asks
            .order_by("pk")
        )
        lent_by = [item.stands_for_id for item in held if item.stands_for_id is not None]
        if lent_by:
            principals = Membership.objects.select_related("user").in_bulk(lent_by)
            for item in held:
                if item.stands_for_id is not None:
                    item.stands_for = principals[item.stands_for_id]
        return [item for item in held if item.is_in_force(day)]

    @property
    def unread_notices(self) -> int:
        """How many notices wait to be read; 0 for whoever has no role today."""
        return next((int(item.unread_notices) for item in self.current_memberships), 0)  # type: ignore[attr-defined]


class MembershipQuerySet(models.QuerySet["Membership"]):
    def valid_on(self, day: datetime.date) -> MembershipQuerySet:
        """Memberships in force on `day`, both ends included; one ended by hand is over from that moment on.

        A deputy's is in force only while the role is that it stands for, still the same one, and the account of the
        absent one is open.
        """
        same = {f"stands_for__{name}": F(name) for name in ("organiser", "unit", "role")}
        lent = Membership.objects.filter(_lasts("stands_for__", day), stands_for__user__is_active=True, **same)
        # Asked apart: joined, a database without statistics goes through all roles once for each of them.
        return self.filter(_lasts("", day), Q(stands_for__isnull=True) | Q(pk__in=lent.values("pk")))

    def not_over(self, day: datetime.date) -> MembershipQuerySet:
        """Not ended by hand so far, and in force on `day` or from a later day on."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), ended_at__isnull=True)


def _lasts(prefix: str, day: datetime.date) -> Q:
    """Begun by `day` and not over; `prefix` leads from another table."""
    ends, ended = f"{prefix}valid_to", f"{prefix}ended_at"
    midnight = timezone.make_aware(datetime.datetime.combine(day, datetime.time.max))
    open_end = Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": day})
    not_ended = Q(**{f"{ended}__isnull": True}) | Q(**{f"{ended}__gt": midnight})
    return open_end & not_ended & Q(**{f"{prefix}valid_from__lte": day})


class Membership(models.Model):
    """`user` acts as `role` for `unit` under `organiser`; `components` narrows an appraiser to codes of lĩnh vực.

    `ended_at`: ended by hand on the day `valid_to`, at this moment and not at the end of the day. `stands_for`: the
    role of somebody who is absent, which this one carries meanwhile, for `reason` (docs/decisions/016).
    """

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
    ended_at = models.DateTimeField("kết thúc lúc", null=True, blank=True, editable=False)
    stands_for = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="deputies",
        verbose_name="thay vai trò",
    )  # fmt: skip
    reason = models.CharField("lý do ủy quyền", max_length=300, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "phân công"
        verbose_name_plural = "phân công"
        ordering = ["organiser", "role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organiser", "unit", "role", "valid_from"],
                condition=Q(ended_at__isnull=True, stands_for__isnull=True),
                name="membership_once",
                violation_error_message="Người này đã có vai trò đó từ cùng ngày.",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="membership_ends_after_it_begins",
                violation_error_message="Ngày kết thúc không được trước ngày bắt đầu.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(valid_to__isnull=False),
                name="membership_ended_on_its_last_day",
            ),
            models.UniqueConstraint(
                fields=["stands_for", "valid_from"],
                condition=Q(ended_at__isnull=True, stands_for__isnull=False),
                name="one_deputy_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(stands_for__isnull=True) | (Q(valid_to__isnull=False) & ~Q(reason="")),
                name="deputy_until_a_day_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.organiser}"

    def is_in_force(self, day: datetime.date) -> bool:
        """The same as `MembershipQuerySet.valid_on` of one row that was read."""
        if not self._lasts_on(day):
            return False
        lender = self.stands_for
        if lender is None:
            return True
        same = all(getattr(self, name) == getattr(lender, name) for name in ("organiser_id", "unit_id", "role"))
        return same and lender.user.is_active and lender._lasts_on(day)

    def _lasts_on(self, day: datetime.date) -> bool:
        """As `_lasts` in SQL: one ended by hand is over from the day on which it was ended."""
        in_its_days = self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)
        return in_its_days and (self.ended_at is None or timezone.localdate(self.ended_at) > day)

    @property
    def is_over(self) -> bool:
        """Whether it has ended, by its last day or by hand."""
        if self.ended_at is not None or (self.valid_to is not None and self.valid_to < timezone.localdate()):
            return True
        return self.stands_for is not None and self.stands_for.is_over

    @property
    def principal_id(self) -> int:
        """Whose role it is: the person's own, or the absent one's."""
        return self.stands_for.user_id if self.stands_for else self.user_id

    @property
    def role_said(self) -> str:
        """The role in words, and for whom: "Điều phối", "Điều phối (thay Nguyễn Văn An)"."""
        role = str(self.get_role_display())
        return f"{role} (thay {self.stands_for.user.full_name})" if self.stands_for else role

    @property
    def begins_later(self) -> bool:
        return self.valid_from > timezone.localdate()
