"""One table says what a role allows: nothing else decides by a role, and each page demands a part."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, include, path

from cases.access import permissions
from cases.access.capabilities import CASE_ROLES, ROLES, Capability, CasesSeen, roles_that_see, roles_with
from cases.enums import AuditVerb, CaseAction, CaseRole, Role
from cases.models import AuditEvent, Case, User
from cases.templatetags import capabilities as filters
from tests.factories import make_user

ROOT = Path(__file__).resolve().parent.parent.parent.parent

# --- The table --------------------------------------------------------------------------------------------------------

ALLOWED = {
    # role: case_list open_case receive_case statistics lookups retention approve_erasure administer
    "staff": "11100000",
    "leader": "11111110",
    "ssp": "10010000",
    "administrator": "10000111",
}
SEEN = {"staff": "own", "leader": "school", "ssp": "referred", "administrator": "none"}


@pytest.mark.parametrize("role", Role)
def test_what_a_role_allows(role: Role) -> None:
    user = User(role=role)
    assert "".join(str(int(permissions.can(user, capability))) for capability in Capability) == ALLOWED[role]
    assert [seen for seen in CasesSeen if filters.sees(user, seen)] == [SEEN[role]]
    assert user.is_staff == permissions.can(user, Capability.ADMINISTER)


@pytest.mark.parametrize("nobody", [AnonymousUser(), User(role=""), None])
def test_nobody_has_no_capability(nobody: User) -> None:
    assert not any(filters.can(nobody, capability) for capability in Capability)
    assert filters.sees(nobody, "none")


def test_every_part_of_the_table_is_used() -> None:
    assert set(ROLES) == set(Role)
    assert set(CASE_ROLES) == set(CaseRole)
    assert [capability for capability in Capability if not roles_with(capability)] == []
    assert [seen for seen in CasesSeen if not roles_that_see(seen)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("capability", Capability)
def test_role_view_lets_in_by_capability_and_logs_who_lacks_it(role: Role | None, capability: Capability) -> None:
    request = RequestFactory().get("/")
    request.user = make_user(role) if role else AnonymousUser()
    view = permissions.role_view(capability)(plain)
    if permissions.can(request.user, capability):
        assert view(request).status_code == 200
        return
    with pytest.raises(PermissionDenied):
        view(request)
    actor = request.user.public_id if role else None
    assert AuditEvent.objects.order_by("seq").values_list("verb", "actor").last() == ("denied", actor)


# --- No role is named or compared elsewhere ---------------------------------------------------------------------------

MAY_NAME_ROLES = {
    "cases/access/capabilities.py": "the table",
    "cases/administration/staff_list.py": "finds a role by its label",
    "cases/access/permissions.py": "finds the case role of each case that a user sees",
    "cases/models/tables.py": "constraints, and is_staff, which Django asks the model for",
    "cases/oversight/audit_review.py": "prints the label of the role that an event names",
    "guide/demo/demo_data.py": "the users of the demo",
}
MAY_DECIDE_BY_ROLE = {"cases/access/capabilities.py", "cases/models/tables.py"}
SOURCES = [
    file
    for package in ("cases", "guide")
    for file in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in file.parts and file != ROOT / "cases" / "enums.py"
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))


def names_a_role(source: str) -> bool:
    """Whether the module uses the enums of roles."""
    return any(
        {getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", "")} & {"Role", "CaseRole"}
        for node in ast.walk(ast.parse(source))
    )


def reads_a_role(node: ast.AST) -> bool:
    """Whether an attribute that holds a role is read in the expression."""
    return any(isinstance(part, ast.Attribute) and part.attr in {"role", "case_role"} for part in ast.walk(node))


def asks_for_a_role(node: ast.AST) -> bool:
    """Whether the condition reads a role or holds the name of one as a text."""
    texts = {str(part.value) for part in ast.walk(node) if isinstance(part, ast.Constant)}
    return reads_a_role(node) or bool(texts & {"role", "case_role", *Role.values, *CaseRole.values})


def decisions_by_role(source: str) -> list[str]:
    """Comparisons with a role, and look-ups of a role in a mapping, which decide as well."""
    found: list[ast.AST] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Compare() if "roles_with" not in ast.unparse(node):
                found += [node] * asks_for_a_role(node)
            case ast.Match(subject=asked) | ast.match_case(pattern=asked):
                found += [asked] * asks_for_a_role(asked)
            case ast.Subscript(slice=asked) | ast.Call(func=ast.Attribute(attr="get"), args=[asked, *_]):
                found += [node] * reads_a_role(asked)
            case ast.keyword(arg=str(name), value=ast.Constant(value=value)) if name.startswith("role"):
                found += [node] * (value in Role.values)
    return [ast.unparse(node) for node in found]


def test_only_these_modules_name_a_role() -> None:
    found = {file.relative_to(ROOT).as_posix() for file in SOURCES if names_a_role(file.read_text(encoding="utf-8"))}
    assert found == set(MAY_NAME_ROLES)


def test_nothing_but_the_table_decides_by_role() -> None:
    found = {file.relative_to(ROOT).as_posix(): decisions_by_role(file.read_text(encoding="utf-8")) for file in SOURCES}
    assert {name: lines for name, lines in found.items() if lines and name not in MAY_DECIDE_BY_ROLE} == {}
    assert found["cases/models/tables.py"] == ["self.role == Role.ADMINISTRATOR"]


@pytest.mark.parametrize(
    "line",
    [
        'user.role == "leader"',
        'request.user.role in ("staff", known)',
        'getattr(user, "role", "") == admin',
        'case.case_role != "owner"',
        "titles[user.role]",
        "titles.get(user.role, 0)",
        'users.filter(role="ssp")',
        "match user.role:\n    case _: pass",
        'match kind:\n    case "administrator": pass',
    ],
)
def test_decision_by_role_is_noticed(line: str) -> None:
    assert len(decisions_by_role(line)) == 1


@pytest.mark.parametrize("line", ["import enums; enums.Role.STAFF", "from cases.enums import CaseRole as Kind"])
def test_role_is_noticed(line: str) -> None:
    assert names_a_role(line)


ROLE_IN_TAG = re.compile(r"{%[^%]*(?:\.role\b\s*(?:==|!=|in\b|not\b|\|)|(?:==|!=|=|\bin)\s*[\w.]+\.role\b)[^%]*%}")
FILTERS = re.compile(r"\|(can|sees):\"(\w+)\"")


def test_no_template_decides_by_role() -> None:
    found = {
        file.relative_to(ROOT).as_posix(): ROLE_IN_TAG.findall(file.read_text(encoding="utf-8")) for file in TEMPLATES
    }
    assert {name: tags for name, tags in found.items() if tags} == {}
    assert ROLE_IN_TAG.search('{% if cases_url and user.role != "administrator" %}')
    assert ROLE_IN_TAG.search('{% if user.role in "leader administrator" %}')
    assert ROLE_IN_TAG.search("{% with role=user.role %}")


def test_templates_ask_for_what_there_is() -> None:
    """A filter in ``{% if a and b %}`` that raises counts as false, so a misspelled capability would pass unseen."""
    asked = {hit for file in TEMPLATES for hit in FILTERS.findall(file.read_text(encoding="utf-8"))}
    assert asked <= {*(("can", one.value) for one in Capability), *(("sees", one.value) for one in CasesSeen)}
    assert len(asked) >= 8


# --- Every page demands something -------------------------------------------------------------------------------------

# Pages behind login that show visitors nothing but their own account.
OWN_ACCOUNT = {"own_sessions", "bliv", "skjul"}


def uncovered(found: list[URLPattern | URLResolver]) -> Iterator[str]:
    """The addresses of the views that nothing covers.

    A page is covered if it is public (tests/guide/web/test_middleware.py lists those), allauth's, the administration's,
    or wrapped with the case action or capability that it demands.
    """
    for one in found:
        if isinstance(one, URLResolver):
            if one.namespace != "admin":
                yield from uncovered(one.url_patterns)
        elif not (
            getattr(one.callback, "login_required", True) is False
            or one.callback.__module__.startswith("allauth.")
            or one.name in OWN_ACCOUNT
            or isinstance(getattr(one.callback, permissions.DEMANDS, None), Capability | CaseAction)
        ):
            yield str(one.pattern)


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def of_case(request: HttpRequest, case: Case) -> HttpResponse:
    return HttpResponse()


def test_every_page_is_covered() -> None:
    assert list(uncovered(get_resolver().url_patterns)) == []


def test_page_that_nothing_covers_is_noticed() -> None:
    def dispatch(request: HttpRequest, public_id: UUID) -> HttpResponse:
        return HttpResponse()

    added = [
        path("forgotten/", plain),
        path("offentlig/", login_not_required(lambda request: HttpResponse())),
        path("tal/", permissions.role_view(Capability.STATISTICS)(plain)),
        path(
            "", include(([path("sag/", permissions.case_view(AuditVerb.OPEN)(of_case)), path("sub/", dispatch)], "x"))
        ),
    ]
    assert list(uncovered(added)) == ["forgotten/", "sub/"]
