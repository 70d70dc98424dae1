"""The audit is only appended to: the database refuses to change entries, and to delete any but the oldest.

What may be deleted is named by the newest entry, an ``audit.erased`` made in the same transaction, and is at
least ten years older than it.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

REFUSED = "audit_entry: entries are never changed; only retention erases the oldest"

SQLITE = (
    f"""
    CREATE TRIGGER audit_entry_unchanged BEFORE UPDATE ON audit_entry
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
    """,
    f"""
    CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry
    WHEN NOT EXISTS (
        SELECT 1 FROM (SELECT * FROM audit_entry ORDER BY id DESC LIMIT 1) AS newest
        WHERE newest.action = 'audit.erased'
          AND json_extract(newest.details, '$.through') >= OLD.id
          AND newest.at >= datetime(OLD.at, '+10 years')
    )
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
    """,
)
POSTGRESQL = (
    f"""
    CREATE FUNCTION audit_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            PERFORM 1 FROM (SELECT * FROM audit_entry ORDER BY id DESC LIMIT 1) AS newest
            WHERE newest.action = 'audit.erased'
              AND (newest.details::jsonb ->> 'through')::bigint >= OLD.id
              AND newest.at >= OLD.at + interval '10 years';
            IF FOUND THEN
                RETURN OLD;
            END IF;
        END IF;
        RAISE EXCEPTION '{REFUSED}';
    END $$
    """,
    """
    CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_kept()
    """,
    """
    CREATE TRIGGER audit_entry_never_emptied BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_kept()
    """,
)


def upgrade() -> None:
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)
