"""The HTTP methods and query parameters that a page of the admin accepts. Anything else is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

_LONGEST = 500
_LONGEST_ADDRESS = 8_000
_HOLD_ADDRESSES = ("next", "_changelist_filters")
_LONGEST_SHOWN = 80
_KINDS = {"p": "page", "o": "sort order", "order": "sort order", "q": "search"}

View = Callable[..., HttpResponseBase]


class Unreadable(BadRequest):
    """The address asks for something that its page does not offer: by the parameter `name`, where that can be said."""

    name = ""

    @classmethod
    def parameter(cls, name: str, value: object, field: forms.Field | None = None) -> Unreadable:
        """`field` is the form field of the parameter, if the page knows it."""
        kind = _KINDS_OF_FIELDS.get(type(field)) or _KINDS.get(name, "filter")
        problem = cls(f"“{_shortened(f'{name}={value}')}” is not a {kind}")
        problem.name = name
        return problem

    @classmethod
    def whole(cls, request: HttpRequest) -> Unreadable:
        """If the faulty parameter is unknown."""
        asked = "&".join(f"{name}={value}" for name, value in request.GET.items())
        return cls(f"“{_shortened(asked)}” is not a filter")


class PageNumber(forms.RegexField):
    """1 by default."""

    def __init__(self) -> None:
        super().__init__(r"\A[1-9][0-9]{0,8}\Z", required=False)

    def clean(self, value: Any) -> int:
        return int(super().clean(value) or 1)


class RevisionNumber(forms.IntegerField):
    """None by default."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=0, max_value=2_147_483_647)


_KINDS_OF_FIELDS: dict[type, str] = {forms.DateField: "date", RevisionNumber: "revision"}


class PageAddress(forms.Form):
    """Parameters of a paginated page."""

    p = PageNumber()


class RowAddress(forms.Form):
    """Parameters of a page about one row, including the filters of the list it came from."""

    _changelist_filters = forms.CharField(required=False)


class FormAddress(RowAddress):
    """Parameters of Django's own forms, which may open as popups."""

    _popup = forms.ChoiceField(choices=[("1", "")], required=False)
    _to_field = forms.ChoiceField(choices=[("id", "")], required=False)


class RowPageAddress(PageAddress, RowAddress):
    """Parameters of a paginated page about one row."""


class LookupAddress(forms.Form):
    """Parameters of an autocomplete lookup."""

    term = forms.CharField(required=False, max_length=200)
    page = PageNumber()
    app_label = forms.CharField(required=False)
    model_name = forms.CharField(required=False)
    field_name = forms.CharField(required=False)


def check(request: HttpRequest) -> None:
    """Raises Unreadable for what no page accepts: a NUL (PostgreSQL refuses it), a repeated parameter, or a value that
    is too long."""
    for name, values in request.GET.lists():
        if len(values) > 1:
            raise Unreadable(f"“{_shortened(name)}” appears {len(values)} times")
        most = _LONGEST_ADDRESS if name in _HOLD_ADDRESSES else _LONGEST
        if "\0" in name + values[0] or len(name) > _LONGEST or len(values[0]) > most:
            raise Unreadable.parameter(name, values[0])


def read(request: HttpRequest, form: type[forms.Form]) -> dict[str, Any]:
    """The address's parameters, cleaned by the form. Raises Unreadable."""
    return read_as(request, form(request.GET))


def read_as(request: HttpRequest, form: forms.Form, *, also: Iterable[str] = ()) -> dict[str, Any]:
    """Checks with a bound form; `also` are parameters checked elsewhere."""
    wrong, known = form.errors.keys(), {*form.fields, *also}
    for name, value in request.GET.items():
        if name in wrong or name not in known:
            raise Unreadable.parameter(name, value, form.fields.get(name))
    return form.cleaned_data


def _answering(*methods: str) -> Callable[[View], View]:
    """As in Django, but exposes the allowed methods for `newsdesk.security`."""

    def answering(view: View) -> View:
        answered: Any = require_http_methods(methods)(view)
        answered.http_methods = methods
        return answered  # type: ignore[no-any-return]

    return answering


require_safe = _answering("GET", "HEAD")
require_POST = _answering("POST")  # noqa: N816


def _shortened(text: str) -> str:
    line = "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:_LONGEST_SHOWN])
    return line if len(text) <= _LONGEST_SHOWN else f"{line}…"


_MOST_DIGITS = 18
"""No key of ours has more digits, and every database accepts this many."""
MOST_KEY = 10**_MOST_DIGITS - 1


def is_key(text: str) -> bool:
    return text.isdecimal() and len(text) <= _MOST_DIGITS


def key_of(object_id: str, kind: str) -> int:
    """Raises Http404."""
    if not is_key(object_id):
        raise Http404(f"There is no such {kind}.")
    return int(object_id)


def way_back(request: HttpRequest, otherwise: str = "admin:articles_article_changelist") -> str:
    """The posted `next`, if it is a page of the admin."""
    address = request.POST.get("next", "")
    return address if is_of_admin(address) else reverse(otherwise)


def is_of_admin(address: str) -> bool:
    return url_has_allowed_host_and_scheme(address, allowed_hosts=None) and address.startswith("/admin/")
