"""The tables: rows are written once; only an erasure removes any.

Times are UTC; a visit has the practice's offset beside it. A table that holds findings or raw data
refuses updates by a trigger, made in the first migration: a correction or a later analysis adds
rows.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
)
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from tissuesense.core.errors import UsageError


class NoZoneError(UsageError, DontWrapMixin):
    """A time of day that could be anybody's; SQLAlchemy hands it on as it is."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: kept as UTC without a zone, given back as UTC with it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone; the local one would be a guess."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise NoZoneError("A time in the record needs its zone.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say again that it is UTC."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """All tables of the store."""

    # Named constraints, so that a later migration can find them on every database.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy declares it so
        datetime: UtcDateTime,
        bytes: LargeBinary,
        float: Double,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }


class ClientRow(Base):
    """A pseudonym."""

    __tablename__ = "client"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    created_at: Mapped[datetime]


class VisitRow(Base):
    """A visit."""

    __tablename__ = "visit"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("client.id"), index=True)
    opened_at: Mapped[datetime]
    opened_utc_offset_min: Mapped[int]
    practitioner: Mapped[str]
    reason: Mapped[str]


class ManualFindingRow(Base):
    """What the hands found at a site."""

    __tablename__ = "manual_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    site: Mapped[str] = mapped_column(String(64))
    side: Mapped[str] = mapped_column(String(8))
    found_at: Mapped[datetime]
    block: Mapped[str] = mapped_column(String(16))
    tenderness: Mapped[int | None]
    tone: Mapped[int | None]
    note: Mapped[str]


class MeasurementRow(Base):
    """One recording at one site, without its samples."""

    __tablename__ = "measurement"
    __table_args__ = (UniqueConstraint("visit_id", "number"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"))
    number: Mapped[int]
    site: Mapped[str] = mapped_column(String(64))
    side: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16))
    measured_at: Mapped[datetime]
    block: Mapped[str] = mapped_column(String(16))
    device_model: Mapped[str] = mapped_column(String(64))
    context: Mapped[dict[str, Any]]
    quality: Mapped[dict[str, Any]]
    raw: Mapped["RawRow"] = relationship(lazy="joined", innerjoin=True)


class RawRow(Base):
    """What the wire said and the samples it decoded to, each with its hash."""

    __tablename__ = "raw"

    measurement_id: Mapped[str] = mapped_column(ForeignKey("measurement.id"), primary_key=True)
    trace_sha256: Mapped[str] = mapped_column(String(64))
    trace_header: Mapped[dict[str, Any]]
    trace_columns: Mapped[bytes]
    capture_sha256: Mapped[str | None] = mapped_column(String(64))
    # Most of a store's bytes, and only a recomputation looks at them.
    capture: Mapped[bytes | None] = mapped_column(deferred=True)


class MethodRow(Base):
    """A program that computes numbers, exactly."""

    __tablename__ = "method"
    __table_args__ = (UniqueConstraint("estimator", "estimator_version", "software_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    estimator: Mapped[str] = mapped_column(String(64))
    estimator_version: Mapped[str] = mapped_column(String(32))
    software_version: Mapped[str] = mapped_column(String(64))


class FindingRow(Base):
    """One number."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("measurement_id", "number"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    measurement_id: Mapped[str] = mapped_column(ForeignKey("measurement.id"))
    number: Mapped[int]
    item: Mapped[str] = mapped_column(String(32))
    index: Mapped[int | None]
    quantity: Mapped[str] = mapped_column(String(64))
    value: Mapped[float | None]
    standard_uncertainty: Mapped[float | None]
    ci95_low: Mapped[float | None]
    ci95_high: Mapped[float | None]
    accepted: Mapped[bool]
    flags: Mapped[list[str]]
    computed_at: Mapped[datetime]
    method_id: Mapped[int] = mapped_column(ForeignKey("method.id"))
    method: Mapped[MethodRow] = relationship(lazy="joined", innerjoin=True)
