"""The provider's addresses, and what stands for its own login page."""

from django.contrib.auth.models import User
from django.urls import include, path

urlpatterns = [path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]


class PersonInTheAddress:
    """Takes whom the address names for logged in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if person := request.GET.get("person"):
            request.user, _ = User.objects.get_or_create(username=person)
        return self.get_response(request)
