"""Staff accounts and their roles."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from articles.models import User

CHIEF = "Chief"
ROLES = ("Contributor", "Editor", CHIEF)
"""The groups that the migrations create; each includes the rights of the ones before it."""


class NotGiven(Exception):
    """A role could not be assigned; the message says why and what to do."""


class IsSuperuser(NotGiven):
    """The account is a superuser, to whom no role is assigned by accident."""


@dataclass
class RoleReport:
    """`before` are the account's former roles; `became_staff` is true if it could not sign in before."""

    user: User
    role: str
    is_new: bool = False
    before: list[str] = field(default_factory=list)
    became_staff: bool = False
    has_new_password: bool = False

    @property
    def is_unchanged(self) -> bool:
        return not (self.is_new or self.became_staff or self.has_new_password) and self.before == [self.role]


def role_named(name: str) -> str | None:
    """The role, spelled as its group."""
    return next((role for role in ROLES if role.lower() == name.strip().lower()), None)


def role_of(user: User) -> str:
    """The highest one; "" if none."""
    held = _roles_of(user)
    return next((role for role in reversed(ROLES) if role in held), "")


def without_other_permissions() -> QuerySet[User]:
    """The accounts that a Chief may change: a role gives them all that they may do. Whoever changes an account could
    sign in with it, so the others are a superuser's."""
    with_other_groups = User.groups.through.objects.exclude(group__name__in=ROLES).values("user")
    return User.objects.filter(is_superuser=False, user_permissions=None).exclude(pk__in=with_other_groups)


def is_last_manager(user: User) -> bool:
    """Whether nobody else is left to manage accounts. Inside a transaction: locks those who are, so that two Chiefs
    cannot demote each other at the same time."""
    list(_managers().select_for_update())
    return set(_managers().values_list("pk", flat=True)) == {user.pk}


def account_named(name: str) -> User | None:
    """Raises NotGiven for an invalid name, or one that differs from an existing name only in case."""
    name = User.normalize_username(name)
    if not name.isprintable():
        raise NotGiven(f"{name!r} is not a valid user name")
    account: User | None = User.objects.filter(username=name).first()
    if account is not None:
        return account
    try:
        User._meta.get_field("username").clean(name, None)
    except ValidationError as problem:
        raise NotGiven(f"{name!r} is not a valid user name: {' '.join(problem.messages)}") from None
    other = User.objects.filter(username__iexact=name).values_list("username", flat=True).first()
    if other:
        raise NotGiven(f"the account is spelled {other!r}; use that")
    return None


def validated(password: str, name: str) -> str:
    """Raises NotGiven if the site's password rules reject it."""
    if not password:
        raise NotGiven("the password is empty")
    try:
        validate_password(password, User(username=name))
    except ValidationError as problem:
        raise NotGiven(" ".join(problem.messages)) from None
    return password


@transaction.atomic
def give_role(name: str, role: str, *, password: str | None) -> RoleReport:
    """Creates the account, or changes the role of an existing one; its other groups and superuser status stay.

    Without `password`, a new account cannot sign in until it gets one, and an existing one keeps its own. Raises
    NotGiven."""
    name = User.normalize_username(name)
    user, is_new = User.objects.select_for_update().get_or_create(username=name, defaults={"is_staff": True})
    if user.is_superuser:
        raise IsSuperuser(f"{name} is a superuser and may do everything; unchanged")
    report = RoleReport(user, role, is_new, _roles_of(user), became_staff=not user.is_staff)
    if password is not None or is_new:
        user.set_password(password)
        report.has_new_password = password is not None
    user.is_staff = True
    user.save(update_fields=["password", "is_staff"])
    set_role(user, role)
    return report


def set_role(user: User, role: str) -> None:
    """Instead of the account's other roles."""
    groups = {group.name: group for group in Group.objects.filter(name__in=ROLES)}
    if role not in groups:
        raise NotGiven(f"the role {role} is missing from the database; run manage.py migrate")
    user.groups.remove(*[group for name, group in groups.items() if name != role])
    user.groups.add(groups[role])


def _managers() -> QuerySet[User]:
    chiefs = User.groups.through.objects.filter(group__name=CHIEF).values("user")
    return User.objects.filter(Q(is_superuser=True) | Q(pk__in=chiefs), is_active=True, is_staff=True)


def _roles_of(user: User) -> list[str]:
    return sorted(user.groups.filter(name__in=ROLES).values_list("name", flat=True))
