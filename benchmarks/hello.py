"""Every address of the site, and one more that says hello: what a request costs before its view has begun."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from newsdesk import urls


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


urlpatterns = [path("hello/", hello), *urls.urlpatterns]
