"""The kinds of question a step can ask.

Every question admits "ved ikke": a choice has it among its answers, a text, date or number gets a tick box of
its own (see ``StepForm``). No question is ever demanded when a step is saved; what is missing is shown.
An answer is kept as plain JSON: a string (dates as ISO 8601) or a list of strings.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from cases.text import form_fields
from cases.text.dates import read_clock, read_day, require_day
from cases.text.form_fields import DAY_INPUT, LINE_LENGTH, SENSITIVE_INPUT, TOO_LONG
from guide.questionnaire.traits import PROSE, RECORD_ONLY, UNDECLARED, Declared, Nothing, ShownIn, Traits
from guide.rules.enums import NO, UNKNOWN, YES, Choices, Words

UNKNOWN_SUFFIX = "_ved_ikke"
UNKNOWN_WORDS = _("Ved ikke")
SAME_SUFFIX = "_samme"
NO_ANSWER = _("Ikke besvaret")
TEXT_LENGTH = 5_000

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
NO_SUCH_CHOICE: dict[str, Any] = {
    "invalid_choice": _("Vælg et af svarene på listen."),
    "invalid_list": _("Vælg blandt svarene på listen."),
}


class Answer(forms.Field):
    """What every kind of question has besides Django's own: its declared traits, and its answer in words."""

    def __init__(self, *, traits: Traits = UNDECLARED, required: bool = False, **kwargs: Any) -> None:
        """``traits`` belong to the question; see ``guide.questionnaire.traits``."""
        self.traits = traits
        super().__init__(required=required, **kwargs)

    def words(self, value: Any) -> str:
        """The answer as the screen words it; empty when there is none."""
        return str(value)


class ChoiceAnswer(Answer, forms.ChoiceField):
    """One answer among several; "ved ikke" is always the last of them."""

    widget = forms.RadioSelect
    default_error_messages = NO_SUCH_CHOICE
    folded: Words = ""
    """The line under which the question is folded until it is answered; empty for one in sight."""

    def words(self, value: Any) -> str:
        """The label of the choice; empty when there is none."""
        return str(dict(self.choices).get(value, ""))  # type: ignore[arg-type]


class ChoicesAnswer(Answer, forms.MultipleChoiceField):
    """Any number of answers; "ved ikke" beside others means these and perhaps more."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = NO_SUCH_CHOICE
    common = 0
    """How many of the first choices stand in sight, the others folded; 0: all do."""

    def words(self, value: Any) -> str:
        """The labels of the choices, separated by semicolons."""
        labels: dict[Any, Any] = dict(self.choices)  # type: ignore[arg-type]
        return "; ".join(str(labels[item]) for item in value if item in labels)


class TextAnswer(Answer, form_fields.FreeTextField):
    """Free text as an answer."""


class DayAnswer(Answer, form_fields.UnboundedCharField):
    """A day, typed as people write it (see ``cases.text.dates.read_day``). Kept as ISO 8601."""

    widget = forms.TextInput(attrs=DAY_INPUT)
    default_error_messages = {"max_length": _("Skriv datoen som dag-måned-år, fx 21-11-2026.")}

    def __init__(self, *, future: bool = False, **kwargs: Any) -> None:
        """``future`` admits days to come (a deadline, an appointment); an event has none."""
        self.future = future
        super().__init__(max_length=30, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the day as ISO 8601, or raise ``ValidationError`` with an example of what is understood."""
        typed = (super().to_python(value) or "").strip()
        return require_day(typed, ahead=self.future).isoformat() if typed else ""

    def prepare_value(self, value: Any) -> Any:
        """Show a kept day as Danes write it; leave anything half typed as it is."""
        known = read_day(value) if isinstance(value, str) and _ISO.fullmatch(value) else None
        return self.words(value) if known else value

    def words(self, value: Any) -> str:
        """The day as 21-11-2026."""
        return dt.date.fromisoformat(value).strftime("%d-%m-%Y") if value else ""


class NumberAnswer(Answer, form_fields.UnboundedCharField):
    """A whole number within bounds, as "14" or "14 år". Kept as a string of digits."""

    widget = forms.TextInput(attrs={**SENSITIVE_INPUT, "inputmode": "numeric", "class": "tal"})

    def __init__(self, *, lowest: int, highest: int, **kwargs: Any) -> None:
        """``lowest`` and ``highest`` are both allowed."""
        self.lowest, self.highest = lowest, highest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Return the digits, or raise ``ValidationError`` naming the bounds."""
        typed = (super().to_python(value) or "").strip().lower().removesuffix("år").rstrip()
        if not typed:
            return ""
        # isdecimal before int(): a number of thousands of digits is refused by its length, never parsed.
        if len(typed) > 4 or not typed.isascii() or not typed.isdecimal():
            raise ValidationError(_("Skriv et helt tal, fx 14."), code="number")
        if not self.lowest <= int(typed) <= self.highest:
            raise ValidationError(
                _("Skriv et tal mellem %(lowest)s og %(highest)s."),
                code="bounds",
                params={"lowest": self.lowest, "highest": self.highest},
            )
        return str(int(typed))


class TimeAnswer(Answer, form_fields.UnboundedCharField):
    """A time of day, typed as people write it: 14.30, 14:30 or 14. Kept as HH.MM."""

    widget = forms.TextInput(attrs={**SENSITIVE_INPUT, "class": "tal"})
    default_error_messages = {"max_length": _("Skriv klokkeslættet, fx 14.30.")}

    def to_python(self, value: Any) -> str:
        """Return the time as HH.MM, or raise ``ValidationError`` with an example of what is understood."""
        typed = (super().to_python(value) or "").strip()
        clock = read_clock(typed) if typed else None
        if typed and clock is None:
            raise ValidationError(_("Skriv klokkeslættet, fx 14.30."), code="clock")
        return clock.strftime("%H.%M") if clock else ""


def yes_no(label: Words, help_text: Words = "", **traits: Unpack[Declared]) -> ChoiceAnswer:
    """A question answered yes, no or not known yet; ``essential`` unless it says otherwise."""
    return one_of(label, [(YES, _("Ja")), (NO, _("Nej"))], help_text, **traits)


def one_of(
    label: Words,
    choices: Choices,
    help_text: Words = "",
    look: str = "",
    *,
    folded: Words = "",
    **traits: Unpack[Declared],
) -> ChoiceAnswer:
    """A question with one answer among ``choices``, or not known yet; ``essential`` unless it says otherwise.

    ``look`` is a class of the list: "lodret" keeps a scale in one column, "flydende" lets short answers share a line.
    ``folded`` is the line under which a question that few cases need is folded.
    """
    traits.setdefault("essential", True)
    field = ChoiceAnswer(
        traits=Traits(**traits),
        label=label,
        help_text=help_text,
        choices=[*choices, (UNKNOWN, UNKNOWN_WORDS)],
        widget=forms.RadioSelect(attrs={"class": look}),
    )
    field.folded = folded
    return field


def many_of(
    label: Words,
    choices: Choices,
    help_text: Words = "",
    look: str = "",
    *,
    common: int = 0,
    **traits: Unpack[Declared],
) -> ChoicesAnswer:
    """A question with any number of answers among ``choices``, or not known yet; ``look`` as for ``one_of``.

    ``common`` is how many of the first choices stand in sight, the others folded; 0: all do.
    """
    field = ChoicesAnswer(
        traits=Traits(**traits),
        label=label,
        help_text=help_text,
        choices=[*choices, (UNKNOWN, UNKNOWN_WORDS)],
        widget=forms.CheckboxSelectMultiple(attrs={"class": look}),
    )
    field.common = common
    return field


def pick(label: Words, choices: Choices, **traits: Unpack[Declared]) -> ChoiceAnswer:
    """A drop-down for a row of a table: one answer, or not known yet."""
    every = [("", _("Vælg")), *choices, (UNKNOWN, UNKNOWN_WORDS)]
    return ChoiceAnswer(traits=Traits(**traits), label=label, choices=every, widget=forms.Select)


def short_text(label: Words, help_text: Words = "", **traits: Unpack[Declared]) -> TextAnswer:
    """A short text on one line (at most ``LINE_LENGTH`` characters)."""
    traits.setdefault("feeds", PROSE)
    return TextAnswer(
        traits=Traits(**traits),
        label=label,
        help_text=help_text,
        max_length=LINE_LENGTH,
        widget=forms.TextInput(attrs=SENSITIVE_INPUT),
        error_messages={"max_length": TOO_LONG},
    )


def long_text(
    label: Words, help_text: Words = "", rows: int = 3, longest: int = TEXT_LENGTH, **traits: Unpack[Declared]
) -> TextAnswer:
    """A longer text (at most ``longest`` characters)."""
    traits.setdefault("feeds", PROSE)
    return TextAnswer(
        traits=Traits(**traits),
        label=label,
        help_text=help_text,
        max_length=longest,
        widget=forms.Textarea(attrs={**SENSITIVE_INPUT, "rows": rows}),
        error_messages={
            "max_length": _(
                "Teksten fylder %(show_value)s tegn. Der er plads til %(limit_value)s. "
                "Del den op, eller skriv resten i loggen."
            )
        },
    )


def day(label: Words, help_text: Words = "", *, future: bool = False, **traits: Unpack[Declared]) -> DayAnswer:
    """A day; ``future`` admits days to come."""
    return DayAnswer(
        traits=Traits(**traits),
        label=label,
        help_text=help_text
        or (_("Fx i morgen eller om 14 dage.") if future else _("Fx 28/11, i går eller i fredags.")),
        future=future,
    )


def day_of_act(
    label: Words, act: Words, to: ShownIn, when: Callable[[Any], bool], feeds: str | Nothing = RECORD_ONLY
) -> DayAnswer:
    """The day of something that the school did, by which the rules find when it first acted; ``act`` says what."""
    return day(label, feeds=feeds, to=to, is_act=True, act=act, when=when)


def clock(label: Words, **traits: Unpack[Declared]) -> TimeAnswer:
    """A time of day."""
    return TimeAnswer(traits=Traits(**traits), label=label, max_length=20)


def years(label: Words, help_text: Words = "", **traits: Unpack[Declared]) -> NumberAnswer:
    """An age in whole years."""
    return NumberAnswer(traits=Traits(**traits), label=label, help_text=help_text, lowest=0, highest=99)


def number(label: Words, help_text: Words = "", **traits: Unpack[Declared]) -> NumberAnswer:
    """How many people, roughly."""
    return NumberAnswer(traits=Traits(**traits), label=label, help_text=help_text, lowest=1, highest=9_999)


def is_known(value: object) -> bool:
    """Whether the answer is more than "ved ikke"."""
    return bool(value) and value != UNKNOWN and value != [UNKNOWN]


class _SharedFields(dict[str, forms.Field]):
    """The fields of a class, which its forms share: no form changes one, and copies cost a tenth of a page."""

    def __deepcopy__(self, memo: object) -> dict[str, forms.Field]:
        return dict(self)


_UNKNOWN_BOX = forms.BooleanField(label=UNKNOWN_WORDS, required=False)
_SAME_BOX = forms.BooleanField(label=_("Samme som nu"), required=False)


class QuietForm(forms.Form):
    """A form that can show what was typed earlier, such as half a date of a draft, without showing errors."""

    use_required_attribute = False

    def __init__(self, *args: Any, quiet: bool = False, **kwargs: Any) -> None:
        """``quiet`` shows no errors."""
        self.base_fields = _SharedFields(self.base_fields)  # type: ignore[misc]  # declared as the class's own
        super().__init__(*args, **kwargs)
        self.quiet = quiet

    @property
    def errors(self) -> Any:
        """The errors, or none while the form is quiet."""
        return ErrorDict() if self.quiet else super().errors


Read = tuple[Any, ValidationError | None]
"""A cleaned answer, and what is wrong with what was typed."""


class StepFields(QuietForm):
    """The questions of one step."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the "ved ikke" box to each text, day and number that a step can be filed without."""
        super().__init__(*args, **kwargs)
        self.read: Mapping[str, Read] | None = None
        """The answers where they were read already, to find what is open: they are not read again."""
        for name, field in list(self.fields.items()):
            if isinstance(field, TextAnswer | DayAnswer | NumberAnswer) and not field.traits.reason_required:
                self.fields[name + UNKNOWN_SUFFIX] = _UNKNOWN_BOX
            if isinstance(field, Answer) and field.traits.same_as:
                self.fields[name + SAME_SUFFIX] = _SAME_BOX

    def _clean_fields(self) -> None:
        if self.read is None:
            super()._clean_fields()  # type: ignore[misc]  # Django's own, which the stubs do not have
            return
        asked = {name: read for name, read in self.read.items() if name in self.fields}
        for name, (value, error) in asked.items():
            if error is None:
                self.cleaned_data[name] = value
            else:
                self.add_error(name, error)


class RowFields(QuietForm):
    """One row of a table. A blank cell means "ved ikke"; a row left wholly blank does not count."""

    def __init__(self, *args: Any, fields: dict[str, forms.Field] | None = None, **kwargs: Any) -> None:
        """``fields`` are those of the page, where they are not those of the class."""
        if fields is not None:
            self.base_fields = fields  # type: ignore[misc]  # declared as the class's own
        super().__init__(*args, **kwargs)


def in_order(first: str, last: str, message: Words) -> Callable[[forms.Form], None]:
    """A check that the day ``last`` does not come before the day ``first``; the error is shown at ``last``."""

    def check(form: forms.Form) -> None:
        begun, ended = form.cleaned_data.get(first), form.cleaned_data.get(last)
        if begun and ended and ended < begun:
            form.add_error(last, str(message))

    return check
