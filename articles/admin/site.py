"""The admin site: Django's own, under our name."""

from __future__ import annotations

from functools import cache, wraps
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.messages import get_messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.text import capfirst
from django.views.defaults import server_error

from articles.admin.accounts.set_password import SetPassword
from articles.admin.requests import addresses, resumed
from articles.admin.requests.offered_lists import offered


class NewsdeskAdminSite(AdminSite):
    site_title = "Newsdesk"
    site_header = "Newsdesk"
    index_title = "Desk"
    enable_nav_sidebar = False
    """The header lists all sections, so there is no sidebar."""

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without `r/`, which would reveal the address of a hidden article to staff who may not see it."""
        urls: list[Any] = super().get_urls()
        link = path("password/<uidb64>/<token>/", SetPassword.as_view(), name="password_link")
        return [link, *(url for url in urls if getattr(url, "name", None) != "view_on_site")]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"places": self._places(request)}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Made where a page asks for it: it is in the context of every page, and the desk's index alone shows it."""
        return SimpleLazyObject(lambda: super(NewsdeskAdminSite, self).get_app_list(request, app_label))

    def register(self, model_or_iterable: Any, admin_class: type[ModelAdmin] | None = None, **options: Any) -> None:
        """Every list, those of other apps included, accepts only the parameters that it offers."""
        super().register(model_or_iterable, offered(admin_class or ModelAdmin), **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """If a session has ended, the posted form is carried along instead of lost in the redirect to the sign-in."""
        guarded = super().admin_view(self._understood(view), cacheable)

        @wraps(guarded)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if resumed.is_carried(request) and not self.has_permission(request):
                return resumed.sign_in(self, request)
            answer: HttpResponse = guarded(request, *args, **kwargs)
            return answer

        return kept

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Only for the box that looks terms up; Django's serves any relation to a model with a search."""
        if addresses.read(request, addresses.LookupAddress)["field_name"] not in ("", "shown_as"):
            raise PermissionDenied
        return super().autocomplete_view(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "HEAD" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        context = resumed.still_carried(request) | (extra_context or {})
        answer: HttpResponse = super().login(request, context)
        return resumed.carry_on(request, answer)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Unlike Django's, does not list OPTIONS, which no page of the admin accepts."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return super().logout(request, extra_context)

    def _places(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Name and address of each list of ours that the reader may see, for the header."""
        ours = [(model, admin) for model, admin in self._registry.items() if model._meta.app_label == "articles"]
        shown = [m for m, admin in ours if admin.has_module_permission(request) and admin.has_view_permission(request)]
        return sorted((capfirst(str(model._meta.verbose_name_plural)), _address_of(model)) for model in shown)

    def _understood(self, view: Any) -> Any:
        """What is invalid, forbidden or not there gets a page of the admin with a way back. A HEAD request does not
        consume unread messages."""

        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                addresses.check(request)
                answer: HttpResponse = view(request, *args, **kwargs)
            except BadRequest as problem:
                return self._bad_request(request, problem)
            except PermissionDenied:
                can_be_helped = not request.user.has_perm("articles.change_user")
                advice = "Ask a Chief for access." if can_be_helped else "Your role doesn't include it."
                return self._error(request, 403, "You don't have permission", advice)
            except Http404:
                return self._error(
                    request, 404, "Page not found", "Check the address. The article may have been purged."
                )
            if request.method == "HEAD":
                _leave_messages(request, answer)
            return answer

        return answered

    def _error(self, request: HttpRequest, status: int, title: str, advice: str) -> HttpResponse:
        context = {**self.each_context(request), "title": title, "advice": advice}
        return TemplateResponse(request, "admin/error.html", context, status=status)

    def _bad_request(self, request: HttpRequest, problem: BadRequest) -> HttpResponse:
        is_address = isinstance(problem, addresses.Unreadable)
        context = {
            **self.each_context(request),
            "title": "We couldn't read that address" if is_address else "Nothing changed",
            "what": "address" if is_address else "form",
            "problem": str(problem),
            "way_back": request.path if is_address and request.method != "POST" else "",
        }
        return TemplateResponse(request, "admin/bad_request.html", context, status=400)


def failed(request: HttpRequest) -> HttpResponse:
    """The answer to an error of ours: below the admin with a way back to the desk. Reads no database."""
    if request.path.startswith(reverse("admin:index")):
        return HttpResponse(render_to_string("admin/500.html"), status=500)
    return server_error(request)


@cache
def _address_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def _leave_messages(request: HttpRequest, answer: HttpResponse) -> None:
    def leave(_: object = None) -> None:
        messages: Any = get_messages(request)
        messages.used = False

    if isinstance(answer, SimpleTemplateResponse):
        answer.add_post_render_callback(leave)
    else:
        leave()
