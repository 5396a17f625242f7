"""What the database role of the web server may do on PostgreSQL, where another role owns the tables.

The owner migrates, sets the triggers and restores. ``HANDLEKORT_WEB_ROLE`` names the web server's role to ``migrate``,
which grants it what the product needs: it can neither change nor delete a line of the logs, nor empty a table, nor take
a trigger off, nor make a table, for a time or for good.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from cases.models.append_only import ERASE, schema_of

_EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
_LESS = {
    "cases_auditevent": "SELECT, INSERT",
    "cases_chainend": "SELECT, UPDATE",
    "cases_chainkey": "SELECT, INSERT, UPDATE",
    "cases_entry": "SELECT, INSERT",
    "cases_keycheck": "SELECT, INSERT",
    "cases_tombstone": "SELECT, INSERT",
    "django_migrations": "SELECT",
}
"""The tables that the product does not change and delete rows of at will."""


def grant(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give the role what the web server needs of every table that exists, and take everything else."""
    name, schema = connection.ops.quote_name(role), schema_of(connection)
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        # Everybody may make temporary tables until it is taken from all; only the database's owner can.
        cursor.execute(f"REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM {name}, PUBLIC")
        cursor.execute(f"REVOKE CREATE ON SCHEMA {schema} FROM {name}, PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {name}")
        for table in connection.introspection.table_names():
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"REVOKE ALL ON {quoted} FROM {name}, PUBLIC")
            cursor.execute(f"GRANT {_LESS.get(table, _EVERYTHING)} ON {quoted} TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {ERASE}(bigint) TO {name}")


def may_change_log(connection: BaseDatabaseWrapper) -> bool:
    """Return whether the database lets this role change a line of the log, or owns the table and so may allow itself.

    False on SQLite, where whoever can write the file can do all.
    """
    if connection.vendor != "postgresql" or "cases_entry" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE') OR pg_has_role(relowner, 'MEMBER')) "
            "FROM pg_class WHERE oid IN ('cases_entry'::regclass, 'cases_auditevent'::regclass)"
        )
        return bool(cursor.fetchone()[0])
