"""What somebody types in a note or a correction and has not filed: kept as a draft, and there again on return."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from cases.access.current_user import current_user
from cases.log import drafts
from cases.log.drafts import became_entry, holding_cpr
from cases.models import Case
from cases.views.forms import SubmissionForm

LEFT_OUT = "X-Uden-Cpr"
"""The header that names to the page the fields whose CPR number the draft was kept without."""
_CONTROLS = frozenset({"csrfmiddlewaretoken", "handling", "submission_id"})


@dataclass(frozen=True)
class RequestDraft:
    """What the user of a request has typed under one name of ``cases.log.drafts``, now or earlier."""

    request: HttpRequest
    case: Case
    name: str

    @property
    def typed(self) -> dict[str, list[str]]:
        """What the form just sent says, without its controls."""
        return {name: texts for name, texts in self.request.POST.lists() if name not in _CONTROLS}

    def read(self) -> drafts.DraftReading | None:
        """The draft as it stands."""
        return drafts.read_draft(case=self.case, by=current_user(self.request), step=self.name)

    def keep(self) -> bool:
        """Keep what was sent; a blank form keeps nothing. False for what may not be kept even as a draft."""
        if self._is_filed():
            return True
        if not any(text.strip() for texts in self.typed.values() for text in texts):
            self.drop()
            return True
        try:
            drafts.save_draft(
                case=self.case,
                by=current_user(self.request),
                step=self.name,
                data=self.typed,
                base_seq=self.case.head_seq,
            )
        except ValidationError:
            return False
        return True

    def drop(self) -> None:
        """Throw the draft away."""
        drafts.drop_draft(case=self.case, by=current_user(self.request), step=self.name)

    def answer(self) -> HttpResponse:
        """What a page that keeps a draft by itself is told."""
        if not self.keep():
            return HttpResponse(status=422)
        return HttpResponse(status=204, headers={LEFT_OUT: " ".join(holding_cpr(self.typed))})

    def _is_filed(self) -> bool:
        """Whether the form became an entry before its last draft came in."""
        sent = SubmissionForm(self.request.POST)
        return sent.is_valid() and became_entry(case=self.case, submission_id=sent.cleaned_data["submission_id"])


def initial_from_draft(draft: drafts.DraftReading | None) -> dict[str, str]:
    """The draft as first values of a form."""
    return {name: texts[-1] for name, texts in draft.data.items() if texts} if draft else {}
