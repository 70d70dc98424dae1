"""The inspector's desk: second factor, life of a period, review of doubt, jobs with progress.

Nothing wrote into ``exclusion``, ``correction`` and ``revision`` before, so what replaces them starts empty.
"""

import sqlalchemy as sa
from alembic import op

from survey_app.store.schema import NAMES

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for table in ("exclusion", "correction", "revision"):
        op.drop_table(table)
    _accounts()
    _evaluations()
    _review()
    with op.batch_alter_table("job", naming_convention=NAMES) as job:
        job.alter_column("argument", type_=sa.Text(), existing_type=sa.String(60), existing_nullable=False)
        job.add_column(sa.Column("asked_by", NUMBER, nullable=True))
        job.add_column(sa.Column("progress", sa.String(60), nullable=True))
        job.create_foreign_key(op.f("fk_job_asked_by_account"), "account", ["asked_by"], ["id"])


def _accounts() -> None:
    with op.batch_alter_table("account", naming_convention=NAMES) as account:
        account.add_column(sa.Column("email", sa.String(200), nullable=True))
        account.add_column(sa.Column("second_factor", sa.LargeBinary(300), nullable=True))
        account.add_column(sa.Column("second_factor_step", NUMBER, nullable=True))
        account.add_column(sa.Column("subject", sa.String(300), nullable=True))
        account.create_unique_constraint(op.f("uq_account_subject"), ["subject"])
    op.create_table(
        "recovery_code",
        sa.Column("account_id", NUMBER, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("spent_at", MOMENT, nullable=True),
        _refers("recovery_code", "account_id", "account"),
        sa.PrimaryKeyConstraint("account_id", "hash", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "failed_sign_in",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("source", sa.LargeBinary(32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_in")),
    )
    op.create_index(op.f("ix_failed_sign_in_source"), "failed_sign_in", ["source"])


def _evaluations() -> None:
    op.create_table(
        "stage",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("name", sa.String(10), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("account_id", NUMBER, nullable=True),
        sa.CheckConstraint("name IN ('open', 'review', 'published')", name=op.f("ck_stage_name")),
        _refers("stage", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
    )
    op.create_index(op.f("ix_stage_period"), "stage", ["period"])
    op.create_table(
        "revision",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.Column("closed_by", NUMBER, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("last_response", NUMBER, nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        _refers("revision", "closed_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("period", "number", name=op.f("uq_revision_period_number")),
    )
    op.create_table(
        "frozen",
        sa.Column("revision_id", NUMBER, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _refers("frozen", "revision_id", "revision"),
        sa.PrimaryKeyConstraint("revision_id", "name", name=op.f("pk_frozen")),
    )


def _review() -> None:
    op.create_table(
        "objection",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("officer_id", NUMBER, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_by", NUMBER, nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("decision", sa.String(10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", NUMBER, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "decision IN ('upheld', 'partly', 'refused')", name=op.f("ck_objection_decision")
        ),
        *(
            _refers("objection", column, other)
            for column, other in (("officer_id", "officer"), ("raised_by", "account"), ("decided_by", "account"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index(op.f("ix_objection_period"), "objection", ["period"])
    op.create_table(
        "proposal",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("objection_id", NUMBER, nullable=True),
        sa.Column("unit_id", NUMBER, nullable=True),
        sa.Column("deciding_unit_id", NUMBER, nullable=True),
        sa.Column("counter_id", NUMBER, nullable=True),
        sa.Column("officer_id", NUMBER, nullable=True),
        sa.Column("proposed_by", NUMBER, nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decided_by", NUMBER, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('exclude', 'include', 'correct')", name=op.f("ck_proposal_kind")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_proposal_two_people")
        ),
        sa.CheckConstraint(
            "(kind = 'correct') = (unit_id IS NOT NULL)", name=op.f("ck_proposal_attribution")
        ),
        *(
            _refers("proposal", column, other)
            for column, other in (
                ("objection_id", "objection"),
                ("unit_id", "unit"),
                ("deciding_unit_id", "unit"),
                ("counter_id", "counter"),
                ("officer_id", "officer"),
                ("proposed_by", "account"),
                ("decided_by", "account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_period"), "proposal", ["period"])
    op.create_table(
        "proposed",
        sa.Column("proposal_id", NUMBER, nullable=False),
        sa.Column("response_number", NUMBER, nullable=False),
        _refers("proposed", "proposal_id", "proposal"),
        sa.ForeignKeyConstraint(
            ["response_number"], ["response.number"], name=op.f("fk_proposed_response_number_response")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "response_number", name=op.f("pk_proposed")),
    )
    op.create_index(op.f("ix_proposed_response_number"), "proposed", ["response_number"])


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
