"""The citizen's page: sources that send much in a few minutes, screens with rotating codes, a slip's stage."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sending",
        sa.Column("source", sa.LargeBinary(16), nullable=False),
        sa.Column("minute", NUMBER, nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "minute", name=op.f("pk_sending")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sending_minute"), "sending", ["minute"])
    op.create_table(
        "screen",
        sa.Column("counter_id", NUMBER, nullable=False),
        sa.Column("link", sa.LargeBinary(32), nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["counter_id"], ["counter.id"], name=op.f("fk_screen_counter_id_counter")),
        sa.PrimaryKeyConstraint("counter_id", name=op.f("pk_screen")),
        sa.UniqueConstraint("link", name=op.f("uq_screen_link")),
    )
    op.add_column("response", sa.Column("stage", sa.String(20), nullable=True))
