"""The first tables: entries, photos, measurements, comparisons, profile.

Knows: these tables as they were. Must not know: what became of them later.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "entry",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("day", sa.Date),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.Column("deleted_at", sa.DateTime),
    )
    op.create_index("ix_entry_kind_day", "entry", ["kind", "day"])
    op.create_index("ix_entry_deleted_at", "entry", ["deleted_at"])
    op.create_table(
        "photo",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("suffix", sa.String(8), nullable=False),
        sa.Column("n_bytes", sa.Integer, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("spot", sa.String(80)),
        sa.Column("px_per_mm", sa.Float),
        sa.Column("style", sa.String(20)),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("deleted_at", sa.DateTime),
    )
    op.create_index("ix_photo_spot_day", "photo", ["spot", "day"])
    _with_photos("measurement", ("photo_sha256",), (sa.Column("calibration", sa.JSON, nullable=False),))
    _with_photos("comparison", ("before_sha256", "after_sha256"), ())
    op.create_table("profile", sa.Column("name", sa.String(40), primary_key=True), sa.Column("value", sa.JSON))


def _with_photos(name: str, photos: tuple[str, ...], more: tuple[sa.Column[Any], ...]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(32), primary_key=True),
        *(
            sa.Column(
                p,
                sa.String(64),
                sa.ForeignKey("photo.sha256", ondelete="CASCADE", name=f"fk_{name}_{p}"),
                nullable=False,
            )
            for p in photos
        ),
        sa.Column("method_version", sa.String(80), nullable=False),
        *more,
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )
    for p in photos:
        op.create_index(f"ix_{name}_{p}", name, [p])


def downgrade() -> None:
    """Take the tables away."""
    for name in ("profile", "comparison", "measurement", "photo", "entry"):
        op.drop_table(name)
