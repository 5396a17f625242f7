"""Look a text up once. A page of a case has some hundred texts."""

from typing import Any

from django.utils.translation import trans_real


def merge_catalogs(language: str) -> None:
    """Merge the texts of all apps in the default language into one dictionary; a text of an app that comes first stays.

    Django 5.2 means to do this for catalogs with the same plural rule, but compares a function with its code and so
    keeps one dictionary for each app (`TranslationCatalog.update`), all of which are searched for a text of our own.
    """
    translations: Any = trans_real.translation(language)
    catalog = translations._catalog
    rules = {plural.__code__ for plural in catalog._plurals}
    if len(rules) == 1:
        merged = {text: said for texts in reversed(catalog._catalogs) for text, said in texts.items()}
        catalog._catalogs, catalog._plurals, catalog.get = [merged], catalog._plurals[:1], merged.get
        # What `gettext` searches for in turn: the text, and its form for one. The default language falls back on none.
        one = catalog._plurals[0](1)
        said_of_one = {text[0]: said for text, said in merged.items() if isinstance(text, tuple) and text[1] == one}
        texts = said_of_one | {text: said for text, said in merged.items() if isinstance(text, str)}
        translations.gettext = lambda text: texts.get(text, text)
