"""Tables that all clients share: sites, devices, and the codebook of every column."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.anatomy.muscle import Muscle
from tissuesense.devices.profile import DeviceProfile
from tissuesense.devices.registry import DEVICES
from tissuesense.export.tables.column import Column, Table, text, yes_no


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site with what the catalogue of muscles knows of it."""

    name: str
    muscle: Muscle | None

    @property
    def words(self) -> str:
        """How a therapist says it."""
        return self.name.replace("_", " ") if self.muscle is None else self.muscle.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What was measured with, and what is known of its model."""

    device: str
    model: str
    instrument: str | None
    profile: DeviceProfile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One column of one table."""

    table: Table
    column: Column

    @property
    def choices(self) -> tuple[str, ...]:
        """Every value that there may be, with its meaning."""
        return tuple(f"{value}: {meaning}" for value, meaning in self.column.choices.items())


def sites(names: Iterable[str]) -> Iterator[Site]:
    """Yield the sites in the order of the alphabet."""
    known = catalogue().muscles
    for name in sorted(names):
        yield Site(name=name, muscle=known.get(name))


def devices(seen: Iterable[tuple[str, str, str | None]]) -> Iterator[Device]:
    """Yield the devices in the order of the alphabet, from (device, model, instrument)."""
    known = DEVICES.targets()
    for device, model, instrument in sorted(seen, key=lambda row: row[0]):
        profile = DEVICES[model] if model in known else None
        yield Device(device=device, model=model, instrument=instrument, profile=profile)


def described(tables: Iterable[Table]) -> Iterator[Described]:
    """Yield every column of the tables."""
    for table in tables:
        for column in table.columns:
            yield Described(table=table, column=column)


SITES = Table(
    name="sites",
    short="sit",
    title="Sites of the body that were listed, felt, measured or treated",
    key="site",
    columns=(
        text("site", "Its id in the catalogue of muscles.", at="name", required=True),
        text("name", "How a therapist says it.", at="words"),
        text("latin", "Its Latin name.", at=lambda site: site.muscle and site.muscle.latin),
        text(
            "uberon",
            "Codes of the anatomy ontology UBERON, joined by semicolons.",
            at=lambda site: site.muscle and site.muscle.uberon,
        ),
        text(
            "fma",
            "Codes of the Foundational Model of Anatomy, joined by semicolons.",
            at=lambda site: site.muscle and site.muscle.fma,
        ),
    ),
)
DEVICES_USED = Table(
    name="devices",
    short="dev",
    title="What was measured with",
    key="device",
    columns=(
        text("device", "Its model and name.", required=True),
        text("model", "Device model; empty: unknown."),
        text("instrument", "Serial number or name of the instrument."),
        text("title", "What the model is called.", at=lambda d: d.profile and d.profile.title),
        text(
            "confidence",
            "How well its protocol is known.",
            at=lambda d: d.profile and d.profile.confidence,
        ),
    ),
)
CODEBOOK = Table(
    name="codebook",
    short="cbk",
    title="Every column of every table",
    columns=(
        text("table", "The table.", at="table.name", required=True),
        text("column", "The column.", at="column.name", required=True),
        text("type", "What it holds.", at="column.type", required=True),
        text("unit", "Its unit.", at="column.unit"),
        text("description", "What it is.", at="column.description", required=True),
        text("choices", "Every value that there may be, with its meaning; empty: any."),
        text("refers_to", "The table whose key it holds.", at="column.home"),
        yes_no(
            "private",
            "Somebody's own words, or who somebody is: empty unless the identity was asked for.",
            at="column.private",
            required=True,
        ),
        yes_no(
            "person",
            "A name of the practice or of a doctor: P1, P2 ... unless the identity was asked for.",
            at="column.person",
            required=True,
        ),
    ),
)
