"""The kiosk: devices with their pairing and counts, and the numbered records that arrived from them.

Nothing wrote into ``device`` before, so it starts anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.drop_table("device")
    op.create_table(
        "device",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("unit_id", NUMBER, nullable=False),
        sa.Column("questionnaire", sa.String(60), nullable=False),
        sa.Column("pin", sa.String(200), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("pairing_hash", sa.LargeBinary(32), nullable=True),
        sa.Column("pairing_until", MOMENT, nullable=True),
        sa.Column("public_key", sa.LargeBinary(200), nullable=True),
        *(
            sa.Column(f"{name}_at", MOMENT, nullable=True)
            for name in ("paired", "revoked", "cloned", "last_contact")
        ),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("made", "sent", "quarantined", "waiting")),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("clock_error", NUMBER, nullable=True),
        sa.Column("version", sa.String(20), nullable=True),
        sa.Column("officer_id", NUMBER, nullable=True),
        _refers("device", "unit_id", "unit"),
        _refers("device", "officer_id", "officer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("pairing_hash", name=op.f("uq_device_pairing_hash")),
    )
    op.create_table(
        "device_counter",
        sa.Column("device_id", NUMBER, nullable=False),
        sa.Column("counter_id", NUMBER, nullable=False),
        _refers("device_counter", "device_id", "device"),
        _refers("device_counter", "counter_id", "counter"),
        sa.PrimaryKeyConstraint("device_id", "counter_id", name=op.f("pk_device_counter")),
    )
    op.create_table(
        "device_record",
        sa.Column("device_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("response_number", NUMBER, nullable=True),
        sa.Column("fault", sa.String(20), nullable=True),
        _refers("device_record", "device_id", "device"),
        sa.ForeignKeyConstraint(
            ["response_number"],
            ["response.number"],
            name=op.f("fk_device_record_response_number_response"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("device_id", "number", name=op.f("pk_device_record")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_device_record_response_number"), "device_record", ["response_number"])
    op.create_table(
        "device_contact",
        sa.Column("device_id", NUMBER, nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _refers("device_contact", "device_id", "device"),
        sa.PrimaryKeyConstraint("device_id", "made", name=op.f("pk_device_contact")),
        sqlite_with_rowid=False,
    )


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
