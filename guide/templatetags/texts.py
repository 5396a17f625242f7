"""Django's translation tags, with a shorter way for a text without variables.

Django takes some seventy calls for such a text, and a page of a case has as many such texts.
"""

from typing import Any, cast

from django.template import Library, Node
from django.template.base import Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.utils.translation import gettext

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class TextNode(Node):
    """A text of the template, in the reader's language."""

    def __init__(self, text: str) -> None:
        self.text = text

    def render(self, context: Context) -> str:
        """Return the text as it is: what a template and a catalog say is markup."""
        return gettext(self.text).replace("%%", "%")


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    """Parse the tag as Django does; a text without filter, context, name or `noop` takes the shorter way."""
    node: Any = i18n.do_translate(parser, token)
    said = node.filter_expression
    text = getattr(said.var, "literal", None)
    if isinstance(text, str) and not (said.filters or node.noop or node.asvar or node.message_context):
        return TextNode(text.replace("%", "%%"))
    return cast(Node, node)


@register.tag("blocktranslate")
@register.tag("blocktrans")
def block_translate(parser: Parser, token: Token) -> Node:
    """Parse the tag as Django does; a text without variable, plural, context or name takes the shorter way."""
    node: Any = i18n.do_block_translate(parser, token)
    text, variables = node.render_token_list(node.singular)
    if variables or node.extra_context or node.plural or node.asvar or node.message_context:
        return cast(Node, node)
    return TextNode(text)
