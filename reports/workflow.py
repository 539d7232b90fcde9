"""The life of a publication as one table: from where, to where, under which name, and the words on the button.

Who may do it stands in `reports.permissions`, on what data in the guards of `reports.services.transitions`.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.enums import PublicationState as S

OPEN_STATES = (S.DRAFTED, S.SENT, S.SIGNED, S.APPROVED, S.RELEASING)
"""States in which a publication is on its way; a campaign has at most one such."""

ANNOUNCED_STATES = (S.RELEASED, S.SUPERSEDED, S.WITHDRAWN)
"""States of what the public has been shown."""


@dataclass(frozen=True)
class Transition:
    """One row of the table. `by_portal`: done by the release job, never by a person."""

    name: str
    button: str
    sources: tuple[S, ...]
    target: S
    by_portal: bool = False

    @property
    def action(self) -> str:
        """The name under which `reports.permissions` declares who may do it."""
        return f"reports.{self.name}"


TRANSITIONS: tuple[Transition, ...] = (
    Transition("send", "Trình ký", (S.DRAFTED,), S.SENT),
    # A decision entered again after approval takes the approval back: what was approved named the old number.
    Transition("record_decision", "Ghi số, ngày quyết định", (S.SENT, S.SIGNED, S.APPROVED), S.SIGNED),
    Transition("approve", "Duyệt công bố", (S.SIGNED,), S.APPROVED),
    Transition("release", "Công bố", (S.APPROVED,), S.RELEASING),
    Transition("retry", "Chạy lại việc tạo trang", (S.RELEASING,), S.RELEASING),
    Transition("halt", "Dừng, chưa công bố", (S.RELEASING,), S.APPROVED),
    Transition("discard", "Bỏ bản soạn", (S.DRAFTED, S.SENT, S.SIGNED, S.APPROVED), S.DISCARDED),
    Transition("withdraw", "Thu hồi", (S.RELEASED,), S.WITHDRAWN),
    Transition("finish", "Đưa lên trang công khai", (S.RELEASING,), S.RELEASED, by_portal=True),
    Transition("lapse", "Hủy duyệt vì số liệu đã đổi", (S.RELEASING,), S.SIGNED, by_portal=True),
    Transition("supersede", "Thay bằng bản đính chính", (S.RELEASED,), S.SUPERSEDED, by_portal=True),
)

_BY_NAME = {transition.name: transition for transition in TRANSITIONS}


def find(name: str) -> Transition | None:
    """The transition called `name`, or None for a name that the table does not hold."""
    return _BY_NAME.get(name)


def offered(state: str) -> tuple[Transition, ...]:
    """What a person can do to a publication in `state`, in the order of the table."""
    return tuple(item for item in TRANSITIONS if state in item.sources and not item.by_portal)
