"""The tables: a ledger that is only ever added to, and an index that can be built from it again.

`entry` and `raw` are the record: triggers of the first migration refuse that a row of theirs is
changed or removed. What they hold of a client is sealed under that client's own key. The other
tables are an index over them: ids, times, sites, grades and numbers, never a word that anybody
wrote. Each of its rows names the entry that it was made from.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    DateTime,
    Dialect,
    Double,
    Index,
    LargeBinary,
    MetaData,
    String,
)
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
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


# Named constraints, so that a later migration can find them on every database.
_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_TYPES = {datetime: UtcDateTime, bytes: LargeBinary, float: Double}


class Base(DeclarativeBase):
    """The tables of the ledger and its index."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = _TYPES


class KeyBase(DeclarativeBase):
    """The table of keys, which is kept apart."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = _TYPES


class EntryRow(Base):
    """One entry of the ledger."""

    __tablename__ = "entry"
    __table_args__ = (Index("ix_entry_client_kind", "client_id", "kind"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    recorded_at: Mapped[datetime]
    actor: Mapped[str]
    client_id: Mapped[str | None] = mapped_column(String(16))
    visit_id: Mapped[str | None] = mapped_column(String(16), index=True)
    supersedes: Mapped[str | None] = mapped_column(String(16), unique=True)
    sealed: Mapped[bytes]
    hash: Mapped[str] = mapped_column(String(64))


class RawRow(Base):
    """What the wire said and the samples it decoded to, each sealed."""

    __tablename__ = "raw"

    measurement_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(16))
    trace: Mapped[bytes]
    # Most of a store's bytes, and only a recomputation looks at them.
    capture: Mapped[bytes | None] = mapped_column(deferred=True)


class IndexRow(Base):
    """A row of the index names its entry."""

    __abstract__ = True

    entry_id: Mapped[str] = mapped_column(String(16), index=True)


class ClientRow(IndexRow):
    """A pseudonym."""

    __tablename__ = "client"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    created_at: Mapped[datetime]


class VisitRow(IndexRow):
    """A visit; `day` is its date in the practice, as `date.toordinal` has it.

    `practitioner` is equal where the name is; "" where none was stated.
    """

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_client_intent", "client_id", "intent", "day"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime]
    day: Mapped[int] = mapped_column(index=True)
    intent: Mapped[str] = mapped_column(String(16))
    practitioner: Mapped[str] = mapped_column(String(16), server_default="")


class PalpationRow(IndexRow):
    """What the hands found at a site, in grades."""

    __tablename__ = "palpation"
    __table_args__ = (
        Index("ix_palpation_client_site", "client_id", "site", "side"),
        Index("ix_palpation_visit_site", "visit_id", "site", "side", "block"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(16))
    visit_id: Mapped[str] = mapped_column(String(16))
    site: Mapped[str] = mapped_column(String(64))
    side: Mapped[str] = mapped_column(String(8))
    block: Mapped[str] = mapped_column(String(16))
    tenderness: Mapped[int | None]
    tone: Mapped[int | None]


class MeasurementRow(IndexRow):
    """One recording at one site, without its samples.

    Of the kind "historic": numbers that came without samples, under the id of their entry.
    """

    __tablename__ = "measurement"
    __table_args__ = (
        Index("ix_measurement_client_site", "client_id", "site", "side", "measured_at"),
        # One muscle over the whole practice, the latest first.
        Index("ix_measurement_site_latest", "site", "kind", "block", "measured_at"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(16))
    visit_id: Mapped[str] = mapped_column(String(16), index=True)
    site: Mapped[str] = mapped_column(String(64))
    side: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16))
    block: Mapped[str] = mapped_column(String(16))
    measured_at: Mapped[datetime]
    # Equal where tip, rate and way of stopping are.
    manner: Mapped[str] = mapped_column(String(16), server_default="")


class ValueRow(IndexRow):
    """One number of a whole recording, by one analysis of it."""

    __tablename__ = "value"
    __table_args__ = (Index("ix_value_measurement_quantity", "measurement_id", "quantity"),)

    entry_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    quantity: Mapped[str] = mapped_column(String(64), primary_key=True)
    measurement_id: Mapped[str] = mapped_column(String(16))
    client_id: Mapped[str] = mapped_column(String(16))
    value: Mapped[float | None]
    standard_uncertainty: Mapped[float | None]
    ci95_low: Mapped[float | None]
    ci95_high: Mapped[float | None]
    accepted: Mapped[bool]
    computed_at: Mapped[datetime]


class VoidRow(IndexRow):
    """A measurement that was struck out."""

    __tablename__ = "void"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    measurement_id: Mapped[str] = mapped_column(String(16), index=True)
    client_id: Mapped[str] = mapped_column(String(16))


class PlanRow(IndexRow):
    """A step of a care plan, which says who is due: see `tissuesense.record.schedule.DueStep`."""

    __tablename__ = "plan"

    client_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    from_day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until_day: Mapped[int]
    earliest: Mapped[int]
    shortest_days: Mapped[int]
    longest_days: Mapped[int]


class WrappedKeyRow(KeyBase):
    """A client's key, wrapped under the store's; in a database of its own beside the embedded one.

    Never part of a backup's ledger: destroying it erases what it sealed, wherever that was copied.
    """

    __tablename__ = "client_key"

    client_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16), primary_key=True)
    wrapped: Mapped[bytes]


class IndexMadeRow(Base):
    """Which version of the program's rules made the index: one row, none where it was earlier."""

    __tablename__ = "index_made"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


INDEX: tuple[type[IndexRow], ...] = (
    ClientRow,
    VisitRow,
    PalpationRow,
    MeasurementRow,
    ValueRow,
    VoidRow,
    PlanRow,
)
