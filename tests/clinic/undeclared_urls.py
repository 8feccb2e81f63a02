"""An address whose view declares no permission, for the test that such a one is found."""

from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("open-door/", lambda _request: HttpResponse("in"))]
