"""Forms of accounts, people, history pages and the back office; one file an area."""

from units.forms.account import ChangePasswordForm, LoginForm, ReauthenticateForm
from units.forms.catalogues import ConfirmUnitListForm, MembershipForm, UnitListForm
from units.forms.people import AccountNameForm, EndForm, PeopleFilter, PersonForm, RoleForm
from units.forms.trail import TrailFilter

__all__ = [
    "AccountNameForm",
    "ChangePasswordForm",
    "ConfirmUnitListForm",
    "EndForm",
    "LoginForm",
    "MembershipForm",
    "PeopleFilter",
    "PersonForm",
    "ReauthenticateForm",
    "RoleForm",
    "TrailFilter",
    "UnitListForm",
]
