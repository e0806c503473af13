"""The site's URLs plus a hello view, which measures the cost of a request before its view."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from newsdesk import urls


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


urlpatterns = [path("hello/", hello), *urls.urlpatterns]
