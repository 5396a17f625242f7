"""The tasks of a step as HTML. The overview has some fifty of them, for which a template is too slow."""

from collections.abc import Iterable
from html import escape
from typing import Any, Final

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

register = template.Library()

_DRAFT: Final = ("tag tag--warning", "edit", gettext_noop("Kladde, ikke gemt"))
_OPTIONAL: Final = ("soft", "", gettext_noop("Efter behov"))
_STATUS: Final = {
    "ready": ("tag tag--ok", "check", gettext_noop("Klar")),
    "missing": ("tag", "", gettext_noop("Mangler")),
    "begun": ("tag tag--info", "", gettext_noop("%(lacks)d svar mangler")),
}
"""Class, icon and words; a task with another status is optional."""


@register.filter
def as_lines(tasks: Iterable[Any], linked: bool) -> SafeString:
    """The lines of a list, one for each task (`guide.wizard.progress.TaskState`), its title a link if `linked`."""
    # Made of literals and of what _line has escaped.
    return mark_safe("".join(_line(task, linked=linked) for task in tasks))  # noqa: S308 # nosec B308 B703


def _line(task: Any, *, linked: bool) -> str:
    title = escape(str(task.section.title))
    name = f'<a href="{escape(task.url)}">{title}</a>' if linked else f"<span>{title}</span>"
    kind, icon, words = _DRAFT if task.has_draft else _STATUS.get(task.status, _OPTIONAL)
    mark = f'<span class="icon icon--{icon}" aria-hidden="true"></span>' if icon else ""
    said = escape(_(words) % {"lacks": task.lacks})
    status = f'<span class="{kind}">{mark}{said}</span>'
    return f'<li class="task">{name} <span class="task__status">{status}</span></li>'
