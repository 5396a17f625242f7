"""Queries whose SQL is made once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from cases.models import Case, User
from cases.models.prepared_query import Given, PreparedQuery, numbered, places
from cases.models.scoped_queryset import UnscopedQuery
from tests.factories import make_case, make_user


def by_names() -> QuerySet[User]:
    names = places("name", User._meta.get_field("name"), 2)
    greeting = Concat(Value("Hej "), "school__name")
    return User.objects.filter(name__in=names).select_related("school").annotate(greeting=greeting).order_by("name")


@pytest.mark.django_db
def test_each_run_has_its_own_values() -> None:
    users = {name: make_user(name=name) for name in ("Ane", "Bo", "Carl")}
    prepared = PreparedQuery(by_names)
    for asked in (["Ane", "Bo"], ["Bo", "Carl"], ["Dan", "x' OR 1=1 --"]):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = prepared(**numbered("name", asked))
            assert [(user, user.school, vars(user)["greeting"]) for user in found] == [
                (users[name], users[name].school, f"Hej {users[name].school}") for name in asked if name in users
            ]
        assert len(queries) == 1


@pytest.mark.django_db
def test_what_is_not_given_stops_it() -> None:
    with pytest.raises(KeyError):
        PreparedQuery(by_names)(name_0="Ane")


@pytest.mark.django_db
def test_scope_is_demanded() -> None:
    number = Given("pk", Case._meta.pk)
    case = make_case()
    with pytest.raises(UnscopedQuery):
        PreparedQuery(lambda: Case.objects.filter(pk=number))(pk=case.pk)
    assert PreparedQuery(lambda: Case.objects.unscoped("test").filter(pk=number))(pk=case.pk) == [case]


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only() -> None:
    ane = make_user(name="Ane")
    prepared = PreparedQuery(
        lambda: User.objects.select_for_update().filter(name=Given("name", User._meta.get_field("name")))
    )
    with transaction.atomic():
        assert prepared(name="Ane") == [ane]
    with pytest.raises(TransactionManagementError):
        prepared(name="Ane")


@pytest.mark.django_db(transaction=True)
def test_threads_share_a_query() -> None:
    make_user(name="Ane")
    prepared = PreparedQuery(by_names)

    def ask(number: int) -> list[str]:
        try:
            return [user.name for user in prepared(name_0="Ane" if number % 2 else "Bo", name_1="Bo")]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(20))) == [["Ane"] if number % 2 else [] for number in range(20)]
