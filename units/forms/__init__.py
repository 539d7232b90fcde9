"""Forms of accounts, people, history pages and the back office; one file an area."""

from units.forms.account import ChangePasswordForm, LoginForm
from units.forms.catalogues import MembershipForm, OrganiserForm
from units.forms.delegation import DelegationForm
from units.forms.invitations import (
    ChosenForm,
    CodeForm,
    InvitationFilter,
    OwnPasswordForm,
    PeopleFileForm,
    SeenPlanForm,
    mark_of,
)
from units.forms.notices import NoticeWaysForm
from units.forms.people import AccountNameForm, EndForm, PeopleFilter, PersonForm, RoleForm, UnitField
from units.forms.security import (
    ActivateAppForm,
    AddPasskeyForm,
    PasskeyForm,
    ReauthenticateForm,
    RenamePasskeyForm,
    SecondFactorForm,
    SubjectForm,
)
from units.forms.trail import TrailFilter

__all__ = [
    "AccountNameForm",
    "ActivateAppForm",
    "AddPasskeyForm",
    "ChangePasswordForm",
    "ChosenForm",
    "CodeForm",
    "DelegationForm",
    "EndForm",
    "InvitationFilter",
    "LoginForm",
    "MembershipForm",
    "NoticeWaysForm",
    "OrganiserForm",
    "OwnPasswordForm",
    "PasskeyForm",
    "PeopleFileForm",
    "PeopleFilter",
    "PersonForm",
    "ReauthenticateForm",
    "RenamePasskeyForm",
    "RoleForm",
    "SecondFactorForm",
    "SeenPlanForm",
    "SubjectForm",
    "TrailFilter",
    "UnitField",
    "mark_of",
]
