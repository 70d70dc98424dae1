"""First schema."""

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    
    op.create_table('account',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('login', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('one_time_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('session_stamp', sa.String(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('login', name=op.f('uq_account_login'))
    )
    op.create_table('batch',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('stored', sa.Integer(), nullable=False),
    sa.Column('unmapped', sa.Integer(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch'))
    )
    op.create_table('evaluation',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('period', sa.String(length=10), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_response', NUMBER, nullable=False),
    sa.Column('responses', sa.Integer(), nullable=False),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation'))
    )
    with op.batch_alter_table('evaluation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evaluation_period'), ['period'], unique=False)

    op.create_table('job',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('argument', sa.String(length=60), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f('ck_job_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_state'), ['state'], unique=False)

    op.create_table('procedure',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=500), nullable=False),
    sa.Column('field', sa.String(length=100), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_procedure')),
    sa.UniqueConstraint('code', name=op.f('uq_procedure_code'))
    )
    op.create_table('receipt',
    sa.Column('receipt', sa.String(length=20), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.PrimaryKeyConstraint('receipt', name=op.f('pk_receipt')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('receipt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_receipt_month'), ['month'], unique=False)

    op.create_table('release',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('questionnaire', sa.String(length=60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release')),
    sa.UniqueConstraint('questionnaire', 'version', name=op.f('uq_release_questionnaire_version'))
    )
    op.create_table('revision',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('period', sa.String(length=10), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('manifest', sa.Text(), nullable=False),
    sa.Column('signature', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revision')),
    sa.UniqueConstraint('period', 'number', name=op.f('uq_revision_period_number'))
    )
    op.create_table('unit',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('parent_id', NUMBER, nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['unit.id'], name=op.f('fk_unit_parent_id_unit'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
    sa.UniqueConstraint('code', 'valid_from', name=op.f('uq_unit_code_valid_from'))
    )
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_parent_id'), ['parent_id'], unique=False)

    op.create_table('audit_entry',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', NUMBER, nullable=True),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('details', sa.Text(), nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_audit_entry_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    op.create_table('counter',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('unit_id', NUMBER, nullable=False),
    sa.Column('deciding_unit_id', NUMBER, nullable=True),
    sa.Column('field', sa.String(length=100), nullable=True),
    sa.Column('opens', sa.Time(), nullable=True),
    sa.Column('closes', sa.Time(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['deciding_unit_id'], ['unit.id'], name=op.f('fk_counter_deciding_unit_id_unit')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_counter_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_counter')),
    sa.UniqueConstraint('code', 'valid_from', name=op.f('uq_counter_code_valid_from'))
    )
    with op.batch_alter_table('counter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_counter_unit_id'), ['unit_id'], unique=False)

    op.create_table('device',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('unit_id', NUMBER, nullable=False),
    sa.Column('public_key', sa.LargeBinary(length=200), nullable=False),
    sa.Column('paired_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_contact_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_device_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device'))
    )
    op.create_table('officer',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('unit_id', NUMBER, nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_officer_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_officer')),
    sa.UniqueConstraint('code', 'valid_from', name=op.f('uq_officer_code_valid_from'))
    )
    with op.batch_alter_table('officer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_officer_unit_id'), ['unit_id'], unique=False)

    op.create_table('output',
    sa.Column('evaluation_id', NUMBER, nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['evaluation_id'], ['evaluation.id'], name=op.f('fk_output_evaluation_id_evaluation')),
    sa.PrimaryKeyConstraint('evaluation_id', 'name', name=op.f('pk_output'))
    )
    op.create_table('succession',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('old_unit_id', NUMBER, nullable=False),
    sa.Column('new_unit_id', NUMBER, nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.CheckConstraint("kind IN ('merge', 'split', 'rename', 'transfer')", name=op.f('ck_succession_kind')),
    sa.ForeignKeyConstraint(['new_unit_id'], ['unit.id'], name=op.f('fk_succession_new_unit_id_unit')),
    sa.ForeignKeyConstraint(['old_unit_id'], ['unit.id'], name=op.f('fk_succession_old_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_succession')),
    sa.UniqueConstraint('old_unit_id', 'new_unit_id', 'date', name=op.f('uq_succession_old_unit_id_new_unit_id_date'))
    )
    with op.batch_alter_table('succession', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_succession_new_unit_id'), ['new_unit_id'], unique=False)

    op.create_table('counter_code',
    sa.Column('code', sa.String(length=8), nullable=False),
    sa.Column('counter_id', NUMBER, nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_counter_code_counter_id_counter')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_counter_code'))
    )
    with op.batch_alter_table('counter_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_counter_code_counter_id'), ['counter_id'], unique=False)

    op.create_table('posting',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('officer_id', NUMBER, nullable=False),
    sa.Column('counter_id', NUMBER, nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('ends_at IS NULL OR ends_at > starts_at', name=op.f('ck_posting_order')),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_posting_counter_id_counter')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_posting_officer_id_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting'))
    )
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.create_index('ix_posting_counter_id_starts_at', ['counter_id', 'starts_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_posting_officer_id'), ['officer_id'], unique=False)

    op.create_table('response',
    sa.Column('number', NUMBER, nullable=False),
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('release_id', NUMBER, nullable=False),
    sa.Column('unit_id', NUMBER, nullable=False),
    sa.Column('deciding_unit_id', NUMBER, nullable=False),
    sa.Column('counter_id', NUMBER, nullable=True),
    sa.Column('officer_id', NUMBER, nullable=True),
    sa.Column('procedure_id', NUMBER, nullable=True),
    sa.Column('batch_id', NUMBER, nullable=True),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('attribution', sa.String(length=10), nullable=False),
    sa.Column('language', sa.String(length=20), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('service_day', sa.Date(), nullable=False),
    sa.CheckConstraint("attribution IN ('slip', 'rotating', 'kiosk', 'poster_now', 'ambiguous', 'none')", name=op.f('ck_response_attribution')),
    sa.CheckConstraint("channel IN ('poster', 'slip', 'rotating', 'kiosk', 'link', 'paper', 'import')", name=op.f('ck_response_channel')),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_response_batch_id_batch')),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_response_counter_id_counter')),
    sa.ForeignKeyConstraint(['deciding_unit_id'], ['unit.id'], name=op.f('fk_response_deciding_unit_id_unit')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_response_officer_id_officer')),
    sa.ForeignKeyConstraint(['procedure_id'], ['procedure.id'], name=op.f('fk_response_procedure_id_procedure')),
    sa.ForeignKeyConstraint(['release_id'], ['release.id'], name=op.f('fk_response_release_id_release')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_response_unit_id_unit')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_response')),
    sa.UniqueConstraint('id', name=op.f('uq_response_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('response', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_response_service_day'), ['service_day'], unique=False)

    op.create_table('role_grant',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('account_id', NUMBER, nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('unit_id', NUMBER, nullable=True),
    sa.Column('officer_id', NUMBER, nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_role_grant_account_id_account')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_role_grant_officer_id_officer')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_role_grant_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant')),
    sa.UniqueConstraint('account_id', 'role', 'unit_id', name=op.f('uq_role_grant_account_id_role_unit_id'))
    )
    op.create_table('slip',
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('counter_id', NUMBER, nullable=False),
    sa.Column('officer_id', NUMBER, nullable=True),
    sa.Column('procedure_id', NUMBER, nullable=True),
    sa.Column('stage', sa.String(length=20), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('spent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('response_digest', sa.LargeBinary(length=32), nullable=True),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_slip_counter_id_counter')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_slip_officer_id_officer')),
    sa.ForeignKeyConstraint(['procedure_id'], ['procedure.id'], name=op.f('fk_slip_procedure_id_procedure')),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_slip'))
    )
    op.create_table('workload',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('unit_id', NUMBER, nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('served', sa.Integer(), nullable=False),
    sa.Column('offered', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('officer_id', NUMBER, nullable=True),
    sa.Column('counter_id', NUMBER, nullable=True),
    sa.Column('procedure_id', NUMBER, nullable=True),
    sa.Column('field', sa.String(length=100), nullable=True),
    sa.Column('channel', sa.String(length=20), nullable=True),
    sa.CheckConstraint('last_day >= first_day', name=op.f('ck_workload_order')),
    sa.CheckConstraint('served >= 0 AND (offered IS NULL OR offered >= 0)', name=op.f('ck_workload_count')),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_workload_counter_id_counter')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_workload_officer_id_officer')),
    sa.ForeignKeyConstraint(['procedure_id'], ['procedure.id'], name=op.f('fk_workload_procedure_id_procedure')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_workload_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workload'))
    )
    with op.batch_alter_table('workload', schema=None) as batch_op:
        batch_op.create_index('ix_workload_first_day_last_day', ['first_day', 'last_day'], unique=False)

    op.create_table('correction',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('response_number', NUMBER, nullable=False),
    sa.Column('unit_id', NUMBER, nullable=False),
    sa.Column('deciding_unit_id', NUMBER, nullable=False),
    sa.Column('counter_id', NUMBER, nullable=True),
    sa.Column('officer_id', NUMBER, nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_by', NUMBER, nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', NUMBER, nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['confirmed_by'], ['account.id'], name=op.f('fk_correction_confirmed_by_account')),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_correction_counter_id_counter')),
    sa.ForeignKeyConstraint(['deciding_unit_id'], ['unit.id'], name=op.f('fk_correction_deciding_unit_id_unit')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_correction_officer_id_officer')),
    sa.ForeignKeyConstraint(['proposed_by'], ['account.id'], name=op.f('fk_correction_proposed_by_account')),
    sa.ForeignKeyConstraint(['response_number'], ['response.number'], name=op.f('fk_correction_response_number_response')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_correction_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction'))
    )
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_correction_response_number'), ['response_number'], unique=False)

    op.create_table('exclusion',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('response_number', NUMBER, nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('proposed_by', NUMBER, nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', NUMBER, nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['confirmed_by'], ['account.id'], name=op.f('fk_exclusion_confirmed_by_account')),
    sa.ForeignKeyConstraint(['proposed_by'], ['account.id'], name=op.f('fk_exclusion_proposed_by_account')),
    sa.ForeignKeyConstraint(['response_number'], ['response.number'], name=op.f('fk_exclusion_response_number_response')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exclusion'))
    )
    with op.batch_alter_table('exclusion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exclusion_response_number'), ['response_number'], unique=False)

    op.create_table('flag',
    sa.Column('response_number', NUMBER, nullable=False),
    sa.Column('rule', sa.Integer(), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['response_number'], ['response.number'], name=op.f('fk_flag_response_number_response')),
    sa.PrimaryKeyConstraint('response_number', 'rule', name=op.f('pk_flag'))
    )
    op.create_table('part',
    sa.Column('response_number', NUMBER, nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('answers', sa.Text(), nullable=False),
    sa.Column('timing', sa.String(length=10), nullable=True),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['response_number'], ['response.number'], name=op.f('fk_part_response_number_response')),
    sa.PrimaryKeyConstraint('response_number', 'part', name=op.f('pk_part')),
    sqlite_with_rowid=False
    )
    op.create_table('comment',
    sa.Column('response_number', NUMBER, nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('question', sa.String(length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('redacted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['response_number', 'part'], ['part.response_number', 'part.part'], name=op.f('fk_comment_response_number_part_part')),
    sa.PrimaryKeyConstraint('response_number', 'part', 'question', name=op.f('pk_comment'))
    )
