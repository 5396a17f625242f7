"""Draw an address as a QR code."""

import qrcode
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.svg import SvgPathImage


def qr_code(address: str) -> SafeString:
    """Return the address as a QR code in SVG."""
    drawn: str = qrcode.make(address, image_factory=SvgPathImage, box_size=8, border=2).to_string(encoding="unicode")
    return mark_safe(drawn)  # noqa: S308 - a path of numbers  # nosec B308 B703
