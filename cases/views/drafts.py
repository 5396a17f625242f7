"""The draft of a note or a correction: saved while it is typed, shown again later."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from cases.access.current_user import current_user
from cases.log import drafts
from cases.log.drafts import became_entry, holding_cpr
from cases.models import Case
from cases.text.form_fields import typed_fields
from cases.views.forms import SubmissionForm

CPR_LEFT_OUT_HEADER = "X-Uden-Cpr"
"""The response header with the names of the fields whose CPR number was left out of the draft."""


@dataclass(frozen=True)
class RequestDraft:
    """The draft under one ``step`` of ``cases.log.drafts``, and what the request sends of it."""

    request: HttpRequest
    case: Case
    name: str

    @property
    def typed(self) -> dict[str, list[str]]:
        """The fields of the form just sent."""
        return typed_fields(self.request)

    def read(self) -> drafts.DraftReading | None:
        """Return the saved draft, or None."""
        return drafts.read_draft(case=self.case, by=current_user(self.request), step=self.name)

    def keep(self) -> bool:
        """Save what was sent; a blank form deletes the draft. Returns False for what may not be saved as a draft."""
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
        """Delete the draft."""
        drafts.drop_draft(case=self.case, by=current_user(self.request), step=self.name)

    def answer(self) -> HttpResponse:
        """Save what was sent, and return 204 with the header, or 422 when it may not be saved."""
        if not self.keep():
            return HttpResponse(status=422)
        return HttpResponse(status=204, headers={CPR_LEFT_OUT_HEADER: " ".join(holding_cpr(self.typed))})

    def _is_filed(self) -> bool:
        """Return whether the form was filed before this draft of it arrived."""
        sent = SubmissionForm(self.request.POST)
        return sent.is_valid() and became_entry(case=self.case, submission_id=sent.cleaned_data["submission_id"])


def initial_from_draft(draft: drafts.DraftReading | None) -> dict[str, str]:
    """Return the draft as initial values of a form."""
    return {name: texts[-1] for name, texts in draft.data.items() if texts} if draft else {}
