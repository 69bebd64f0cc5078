"""Tables of the store, written so that PostgreSQL can follow.

Knows: columns and keys. Must not know: what the kept bodies mean.
Times are UTC; days are the person's local days; bodies are JSON as their files hold them.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, DateTime, Float, ForeignKey, Index, Integer, MetaData, String, Table

__all__ = [
    "EVERY_TABLE",
    "TABLES",
    "comparison",
    "correction",
    "entry",
    "job",
    "measurement",
    "metadata",
    "photo",
    "profile",
]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_ID, _SHA = String(32), String(64)

entry = Table(
    "entry",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("day", Date),
    Column("body", JSON, nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("changed_at", DateTime, nullable=False),
    Column("deleted_at", DateTime),
    Index("ix_entry_kind_day", "kind", "day"),
    Index("ix_entry_deleted_at", "deleted_at"),
)
photo = Table(
    "photo",
    metadata,
    Column("sha256", _SHA, primary_key=True),
    Column("suffix", String(8), nullable=False),
    Column("n_bytes", Integer, nullable=False),
    Column("name", String(255), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("day", Date, nullable=False),
    Column("spot", String(80)),
    Column("px_per_mm", Float),
    Column("style", String(20)),
    Column("made_at", DateTime, nullable=False),
    Column("deleted_at", DateTime),
    Index("ix_photo_spot_day", "spot", "day"),
)
measurement = Table(
    "measurement",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("photo_sha256", _SHA, ForeignKey("photo.sha256", ondelete="CASCADE"), nullable=False),
    Column("method_version", String(80), nullable=False),
    Column("calibration", JSON, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("body", JSON, nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("summary", JSON),  # the few numbers that lists show, so that they need not read every body
    Index("ix_measurement_photo_sha256", "photo_sha256"),
)
comparison = Table(
    "comparison",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("before_sha256", _SHA, ForeignKey("photo.sha256", ondelete="CASCADE"), nullable=False),
    Column("after_sha256", _SHA, ForeignKey("photo.sha256", ondelete="CASCADE"), nullable=False),
    Column("method_version", String(80), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("body", JSON, nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("summary", JSON),
    Index("ix_comparison_before_sha256", "before_sha256"),
    Index("ix_comparison_after_sha256", "after_sha256"),
)
correction = Table(  # a hair marked by hand; what was measured stays as it was
    "correction",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("photo_sha256", _SHA, ForeignKey("photo.sha256", ondelete="CASCADE"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("x_px", Float, nullable=False),
    Column("y_px", Float, nullable=False),
    Column("made_at", DateTime, nullable=False),
    Index("ix_correction_photo_sha256", "photo_sha256"),
)
job = Table(  # long work, so that a restart goes on with it; never exported
    "job",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("args", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("step", String(200), nullable=False),
    Column("done", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("result", JSON),
    Column("made_at", DateTime, nullable=False),
    Column("changed_at", DateTime, nullable=False),
    Index("ix_job_state", "state"),
)
profile = Table(
    "profile",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", JSON),
)
# in the order in which rows may be written
TABLES = (profile, entry, photo, measurement, comparison, correction)
EVERY_TABLE = (*TABLES, job)
