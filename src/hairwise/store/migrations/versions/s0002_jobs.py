"""Summaries of measurements, marks made by hand, and long work that survives a restart.

Knows: these tables as they were. Must not know: what became of them later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns and two tables."""
    for name in ("measurement", "comparison"):
        op.add_column(name, sa.Column("summary", sa.JSON))
    op.create_table(
        "correction",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "photo_sha256",
            sa.String(64),
            sa.ForeignKey("photo.sha256", ondelete="CASCADE", name="fk_correction_photo_sha256"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("x_px", sa.Float, nullable=False),
        sa.Column("y_px", sa.Float, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_correction_photo_sha256", "correction", ["photo_sha256"])
    op.create_table(
        "job",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("args", sa.JSON, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("step", sa.String(200), nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("steps", sa.Integer, nullable=False),
        sa.Column("result", sa.JSON),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_job_state", "job", ["state"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("job")
    op.drop_table("correction")
    for name in ("measurement", "comparison"):
        op.drop_column(name, "summary")
