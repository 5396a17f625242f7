"""The question's words for a field of a sent form, by the address it was sent to."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.urls import ResolverMatch
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cases.views.forms import (
    AnswerForm,
    CorrectionForm,
    EndReferralForm,
    HandOutForm,
    NoteForm,
    ReasonForm,
    ReferForm,
    ReplyForm,
)
from cases.views.subject_access import SubjectAccessForm
from guide.questionnaire.schema import Step
from guide.steps import BY_KEY, afdaek
from guide.wizard.forms import DutyForm, FollowUpForm, LabelForm, SkipForm

_FORMS: Final[Mapping[str, tuple[Any, ...]]] = {
    "notat": (NoteForm,),
    "ret": (CorrectionForm,),
    "henvis": (ReferForm, EndReferralForm, AnswerForm, ReplyForm),
    "status": (ReasonForm,),
    "sag_opbevaring": (ReasonForm,),
    "indsigt": (SubjectAccessForm,),
    **dict.fromkeys(
        ("kort_pdf", "resume_pdf", "log_pdf", "politiark_pdf", "logark_pdf", "underretning_pdf", "sagsmappe_zip"),
        (HandOutForm,),
    ),
    "spring_over": (SkipForm,),
    "pligt": (DutyForm,),
    "opfoelgning": (FollowUpForm,),
    "kendetegn": (LabelForm,),
}

_FIELDS: Final[Mapping[tuple[str, str], Any]] = {
    ("log", "q"): _("Søg i loggen"),
    ("account_login", "login"): _("E-mail"),
    ("login", "username"): _("E-mail"),
    ("from_list", "rows"): _("Rækkerne, med overskrifterne øverst"),
    ("account_reset_password", "email"): _("E-mail"),
    ("mfa_add_webauthn", "name"): _("Navn"),
    ("mfa_edit_webauthn", "name"): _("Navn"),
}
"""Fields of pages whose form is not ours to read, by the page's name and their own."""


_MOST_DIGITS: Final = 4
"""Of the number of a row; anybody may send another one, and thousands of digits are not parsed."""


def field_label(match: ResolverMatch | None, name: str) -> str:
    """Return the label of this field in the form of this address, or "" where it is not known."""
    if match is None:
        return ""
    if match.url_name in ("trin", "foerst", "proev"):
        step = BY_KEY.get(match.kwargs.get("step", afdaek.KEY))
        return _step_label(step, name) if step else ""
    if label := _FIELDS.get((match.url_name or "", name)):
        return str(label)
    if "admin" in match.namespaces:
        return _column_label(match.url_name or "", name)
    fields = {key: field for form in _FORMS.get(match.url_name or "", ()) for key, field in form.base_fields.items()}
    return _label(fields, name.rpartition("-")[2])


def _step_label(step: Step, name: str) -> str:
    """Return the question; for a cell of a table its title, the number of the row and the question."""
    key, _dash, cell = name.partition("-")
    table, (number, _dash, column) = step.table(key), cell.partition("-")
    if table is None or not number.isdecimal() or len(number) > _MOST_DIGITS:
        return _label(step.questions, name)
    label = _label(table.columns, column)
    return label and f"{table.one} {int(number) + 1}: {label}"


def _column_label(page: str, name: str) -> str:
    """Return the column's name for a field of the administration, whose pages are named after model and action."""
    app, _underscore, rest = page.partition("_")
    try:
        column = apps.get_model(app, rest.partition("_")[0])._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return ""
    return capfirst(str(getattr(column, "verbose_name", "")))


def _label(fields: Mapping[str, forms.Field], name: str) -> str:
    return str(fields[name].label or "") if name in fields else ""
