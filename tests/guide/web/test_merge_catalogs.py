"""One dictionary of texts says what several said."""

from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import trans_real

from guide.web.merge_catalogs import merge_catalogs


def test_merged_catalogs_say_what_each_app_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trans_real, "_translations", {})
    with translation.override("da"):
        translations: Any = trans_real.translation("da")
        catalog = translations._catalog
        texts = {key: catalog[key] for key, _said in catalog.items()}
        plurals = {key[0] for key in texts if isinstance(key, tuple)}
        before = {text: [translation.ngettext(text, text, number) for number in (0, 1, 2)] for text in plurals}
        assert len(catalog._catalogs) > 1
        said = [translation.gettext(key[0] if isinstance(key, tuple) else key) for key in texts]
        merge_catalogs("da")
        assert len(catalog._catalogs) == 1
        assert {key: catalog[key] for key, _said in catalog.items()} == texts
        assert {text: [translation.ngettext(text, text, number) for number in (0, 1, 2)] for text in plurals} == before
        now = [translation.gettext(key[0] if isinstance(key, tuple) else key) for key in texts]
        # The gettext of Python 3.11.2 does not look for the form for one.
        assert [pair for pair in zip(said, now, strict=True) if pair[0] not in {pair[1], *plurals}] == []
        assert translation.gettext("Ring til politiet") == "Ring til politiet"
