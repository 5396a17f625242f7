"""What may go into a text to SSP that is to name nobody: each finding is decided by whoever wrote it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cases.privacy.identifying import Finding, find_identifying, without


@dataclass(frozen=True)
class AnonymousCheck:
    """The findings in the texts, and of those that are decided whether they may be sent.

    ``was_asked`` is whether the form comes from the page that asks.
    """

    findings: tuple[Finding, ...]
    may_stay: Mapping[str, bool]
    was_asked: bool

    @classmethod
    def of(cls, texts: Iterable[str], sent: Mapping[str, list[str]]) -> "AnonymousCheck":
        """Return the check of the texts with the decisions of a form: "lad:" or "ud:" and key in fields "fund-…"."""
        values = [given[-1].partition(":") for name, given in sent.items() if name.startswith("fund-") and given]
        verdicts = {key: verdict == "lad" for verdict, _colon, key in values if verdict in ("lad", "ud")}
        findings = tuple(find_identifying(texts))
        decided = {one.key: verdicts[one.key] for one in findings if one.key in verdicts}
        return cls(findings, decided, was_asked=any(name.startswith("fund-") for name in sent))

    @property
    def questions(self) -> list[tuple[Finding, bool | None]]:
        """Return each finding with whether it may be sent, None where that is not decided."""
        return [(one, self.may_stay.get(one.key)) for one in self.findings]

    @property
    def is_decided(self) -> bool:
        """Return whether every finding is decided."""
        return all(one.key in self.may_stay for one in self.findings)

    @property
    def decisions(self) -> list[tuple[str, str]]:
        """Return names and values of the fields that say again what is decided."""
        kept = enumerate(self.may_stay.items())
        return [(f"fund-{number}", f"{'lad' if stays else 'ud'}:{key}") for number, (key, stays) in kept]

    def cleaned(self, text: str) -> str:
        """Return the text without what is to be taken out."""
        return without(text, [key for key, stays in self.may_stay.items() if not stays])
