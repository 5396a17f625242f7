"""Look a text up once. A page of a case has some hundred texts."""

from typing import Any

from django.utils.translation import trans_real


def merge_catalogs(language: str) -> None:
    """Merge the texts of all apps in a language into one dictionary; a text of an app that comes first stays.

    Django 5.2 means to do this for catalogs with the same plural rule, but compares a function with its code and so
    keeps one dictionary for each app (`TranslationCatalog.update`), all of which are searched for a text of our own.
    """
    translations: Any = trans_real.translation(language)
    catalog = translations._catalog
    rules = {plural.__code__ for plural in catalog._plurals}
    if len(rules) == 1:
        merged = {text: said for texts in reversed(catalog._catalogs) for text, said in texts.items()}
        catalog._catalogs, catalog._plurals, catalog.get = [merged], catalog._plurals[:1], merged.get
