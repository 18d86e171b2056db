"""Rules of people for reading, rows that sources share, and what a source owes."""

import sqlalchemy as sa
from alembic import op

import dash_kpi.storage.models

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=4096), nullable=True),
        sa.Column("sheet", sa.String(length=255), nullable=True),
        sa.Column("header", sa.String(length=64), nullable=True),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("created_at", dash_kpi.storage.models.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.Column("ended_at", dash_kpi.storage.models.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("mappings", schema=None) as batch_op:
        batch_op.create_index("ix_mappings_current", ["workspace_id", "ended_at"], unique=False)
    op.create_table(
        "overlaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.Column("decided_by", sa.String(length=255), nullable=True),
        sa.Column("decided_at", dash_kpi.storage.models.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["sources.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source_id", "other_id"),
    )
    op.create_index(
        "ix_kpi_data_replaced",
        "kpi_data",
        ["workspace_id", "valid_to"],
        unique=False,
        sqlite_where=sa.text("valid_to IS NOT NULL"),
        postgresql_where=sa.text("valid_to IS NOT NULL"),
    )
    with op.batch_alter_table("ingests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("actor", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("rules", sa.String(length=64), nullable=True))
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("actor", sa.String(length=255), nullable=True))
    with op.batch_alter_table("snapshots", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shared_file", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("shared_rows", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.add_column(sa.Column("header", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("owner", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("cadence", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("contract", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("held", sa.JSON(), nullable=True))
    # Not in a batch, which would make the table anew: SQLite refuses that while rows of others refer to it.
    op.execute(
        "ALTER TABLE sources ADD COLUMN held_ingest_id INTEGER "
        "CONSTRAINT fk_sources_held_ingest_id REFERENCES ingests (id)"
    )


def downgrade() -> None:
    op.drop_index("ix_kpi_data_replaced", "kpi_data")
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.drop_constraint("fk_sources_held_ingest_id", type_="foreignkey")
        for name in ("held", "held_ingest_id", "contract", "cadence", "owner", "header"):
            batch_op.drop_column(name)
    with op.batch_alter_table("snapshots", schema=None) as batch_op:
        batch_op.drop_column("shared_rows")
        batch_op.drop_column("shared_file")
    with op.batch_alter_table("ingests", schema=None) as batch_op:
        batch_op.drop_column("rules")
    for table in ("revisions", "ingests"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("actor")
    op.drop_table("overlaps")
    with op.batch_alter_table("mappings", schema=None) as batch_op:
        batch_op.drop_index("ix_mappings_current")
    op.drop_table("mappings")
