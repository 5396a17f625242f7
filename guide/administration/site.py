"""The administration's pages: which there are, who gets in, and how a lost second factor is taken away."""

from http import HTTPStatus
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.access.capabilities import Capability
from cases.access.current_user import current_user
from cases.access.permissions import can, log_role_denied
from cases.administration.audited_admin import AuditedAdmin
from cases.administration.staff_list import StaffList, write_list
from cases.models import Municipality
from guide.accounts import sessions
from guide.accounts.invitations import invite
from guide.accounts.second_factor import has_second_factor
from guide.administration.go_live import open_groups
from guide.administration.list_form import StaffListForm
from guide.web.redirects import is_local_path

_form = require_http_methods(["GET", "HEAD", "POST"])


class LoginMethodAdmin(AuditedAdmin):
    """Rows by which a ``user`` logs in: deleting one also ends the user's sessions."""

    municipality_paths = ("user__school__municipality", "user__municipality")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete, log and end the user's sessions, or none of these."""
        with transaction.atomic():
            super().delete_model(request, obj)
            sessions.end_all(obj.user)
            if _is_own(request, obj):
                # This session was deleted: the message of the response needs a new one.
                request.session.flush()


class SecondFactorAdmin(LoginMethodAdmin):
    """Lets an administrator delete a lost phone or key; secrets are not shown."""

    list_display = ("user", "type", "created_at", "last_used_at")
    fields = ("user", "type", "created_at", "last_used_at")
    readonly_fields = fields

    def row_key(self, obj: Authenticator) -> str:
        """Return the user's public id and the kind."""
        return f"{obj.user.public_id}:{obj.type}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: users set up their own."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        """Return False: there is nothing to change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        """Return False for one's own: the account's pages remove it, after a new login."""
        return not _is_own(request, obj) and super().has_delete_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Authenticator | None = None) -> Any:
        """Return the fields; on one's own with a sentence that says where to remove it."""
        shown: dict[str, Any] = {"fields": self.fields}
        if _is_own(request, obj):
            shown["description"] = _("Det er dit eget totrinslogin. Du fjerner det på din egen kontoside, ikke her.")
        return [(None, shown)]


def _is_own(request: HttpRequest, login_method: Any) -> bool:
    return login_method is not None and login_method.user_id == request.user.pk


class AdministrationSite(AdminSite):
    """Django's admin: behind the product's own login and second factor, for the role administrator only."""

    site_title = _("Handlekort")
    site_header = _("Handlekort: administration")
    index_title = _("Administration")
    # The apps with pages. Groups, allauth's mail addresses and the like have none.
    managed_apps: Final = frozenset({"guide", "cases", "mfa"})

    def get_urls(self) -> list[Any]:
        """Return the list before use and Django's addresses, without "view on site", unused and of quadratic cost."""
        own = [
            path("foer-brug/", self.admin_view(require_safe(self.go_live)), name="go_live"),
            path("fra-liste/", self.admin_view(_form(self.add_from_list)), name="from_list"),
        ]
        return own + [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]

    def go_live(self, request: HttpRequest) -> HttpResponse:
        """Show what has to be checked or filled in before the product is used."""
        return render(request, "guide/foer_brug.html", {"groups": open_groups(self, request)})

    def add_from_list(self, request: HttpRequest) -> HttpResponse:
        """Show what a list of schools or users would make; make all of it on the second press, or nothing."""
        form = self._list_form(request)
        found = form.found if form.is_valid() else None
        if found and not found.faulty and request.POST.get("handling") == "opret":
            try:
                return self._make(request, found, without_mail=form.cleaned_data["without_mail"])
            except IntegrityError:
                # Pressed twice, or somebody else made one of the rows meanwhile: the list says which, read again.
                form = self._list_form(request)
                found = form.found if form.is_valid() else None
        faulty = found.faulty if found else []
        shown = faulty or (found.rows if found else [])
        context = {"form": form, "found": found, "faulty": faulty, "shown": shown}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or faulty else HTTPStatus.OK
        return render(request, "guide/fra_liste.html", context, status=status)

    def _list_form(self, request: HttpRequest) -> StaffListForm:
        towns = self.get_model_admin(Municipality).get_queryset(request)
        return StaffListForm(request.POST if request.method == "POST" else None, municipalities=towns)

    def _make(self, request: HttpRequest, found: StaffList, *, without_mail: bool) -> HttpResponse:
        write_list(found, by=current_user(request))
        if not without_mail:
            invite(found.users, request)
        messages.success(request, _("%(rows)d rækker er oprettet.") % {"rows": len(found.rows)})
        return redirect(f"admin:cases_{'user' if found.users else 'school'}_changelist")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register the models of the managed apps only."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        for model in models:
            if model._meta.app_label in self.managed_apps:
                super().register(model, SecondFactorAdmin if model is Authenticator else admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Return True for an active administrator who has shown a second factor in this session."""
        user = request.user
        return bool(user.is_active and can(user, Capability.ADMINISTER) and has_second_factor(request))

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the product's login, so that its limits hold here too."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not is_local_path(wanted) or not wanted.startswith(reverse("admin:index")):
            wanted = reverse("admin:index")
        if self.has_permission(request):
            return redirect(wanted)
        if request.user.is_authenticated:
            log_role_denied(request.user)
            raise PermissionDenied
        return redirect_to_login(wanted)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseRedirect:
        """Redirect to the product's page."""
        return redirect("account_change_password")
