"""Fill in the contacts and legal notes the product ships with."""

from django.db import migrations

from guide.reference.contacts import CONTACTS
from guide.reference.legal_sources import SOURCES


def seed(apps, schema_editor):
    """Add what is missing; a row an administrator has changed is left alone."""
    contact_model = apps.get_model("guide", "Contact")
    for contact in CONTACTS.values():
        if not contact.local:
            contact_model.objects.get_or_create(
                key=contact.key,
                defaults={
                    "name": str(contact.name),
                    "phone": contact.phone,
                    "url": contact.url,
                    "audience": str(contact.audience),
                    "note": str(contact.note),
                },
            )
    note_model = apps.get_model("guide", "LegalNote")
    for source in SOURCES.values():
        note_model.objects.get_or_create(
            key=source.key,
            defaults={
                "title": str(source.title),
                "paragraph": source.paragraph,
                "plain": str(source.plain),
            },
        )


class Migration(migrations.Migration):
    dependencies = [("guide", "0001_first")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
