"""Every address of the portal is public by declaration or names its action: nothing stands open by accident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.world import routes
from units.permissions import table

ACCOUNT_PAGES = {
    "account_login": "lets people in; nothing to protect but the form itself, which axes guards",
    "account_logout": "ends one's own session; by POST only",
    "account_inactive": "says that an account is switched off; shows no name",
    "account_reauthenticate": "asks the person who is signed in for his or her own password and second factor",
    "mfa_authenticate": "asks for the second factor after the password; without one on its way it leads to sign-in",
    "account_change_password": "changes one's own password, with the old one",
    "account_reset_password": "orders a link for a forgotten password; the same answer whoever is asked for",
    "account_reset_password_done": "says that it was ordered, to everybody alike",
    "account_reset_password_from_key": "sets a new password for whoever has the link of the letter",
    "account_reset_password_from_key_done": "says that it was set; shows no name",
}
BACK_OFFICE = "admin:"  # every view of it passes BackOffice.has_permission; proven by requests in tests/abuse
SIGNED_IN = "signed-in"  # 404 for whoever is signed in, sign-in for everybody else


def gate_of(view: Callable[..., Any]) -> str | None:
    return getattr(view, "gate", None)


def test_every_route_is_public_by_declaration_or_names_a_declared_action() -> None:
    actions = {action.name for action in table()}
    ungated = [
        f"{name or pattern.pattern}: {gate_of(pattern.callback)}"
        for name, pattern in routes()
        if not name.startswith(BACK_OFFICE)
        and name not in ACCOUNT_PAGES
        and gate_of(pattern.callback) not in {"public", SIGNED_IN, *actions}
    ]
    assert ungated == []


def test_the_public_routes_are_these_and_no_others() -> None:
    public = {name for name, pattern in routes() if gate_of(pattern.callback) == "public"}
    ways_in = {"founding", "invitation_link", "invitation_code", "invitation_password"}
    sign_on = {"openid_connect_login", "openid_connect_callback"}
    assert public == {"healthz", "robots", *ways_in, *sign_on, "public_root", "public"}


def test_pages_of_accounts_are_those_that_the_list_gives_reasons_for() -> None:
    served = {
        name for name, pattern in routes() if gate_of(pattern.callback) is None and not name.startswith(BACK_OFFICE)
    }
    assert served == set(ACCOUNT_PAGES)


def test_every_route_of_ours_has_a_name_but_the_nonsense_of_the_workspace() -> None:
    assert [gate_of(pattern.callback) for name, pattern in routes() if not name] == [SIGNED_IN]
