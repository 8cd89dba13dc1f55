"""FHIR R4: one Bundle that hospitals' and doctors' programs read."""

from tissuesense.export.fhir.bundle import write_bundle
from tissuesense.export.registry import Format

FORMAT = Format(
    title="FHIR R4 Bundle",
    folder=False,
    extra="fhir",
    write=write_bundle,
    losses=(
        "Dates and times stay as they are, and so does the year of birth.",
        "Without the identity, what people wrote in their own words is replaced by 'withheld'.",
        "Without identity, therapists, prescribers and the practice have no name.",
        "The credentials and roles of therapists are not in it.",
        "Samples are read off at even steps and rounded, at most 20,000 of a column in one piece.",
        "Raw data are named by hash and size; their bytes are in the JSON export.",
        "Of several analyses of a recording the latest is in it.",
        "Of the side-car, tip, gauge, full scale and day of calibration are in it.",
        "A lesser number of one press has its standard uncertainty, but not its 95 % interval.",
        "What an amendment replaced is named and not repeated.",
        "Of a visit for relaxation it says when it was, who led it and who signed it.",
        "Who looked at the record, handed it out or took something in is not in it.",
        "The chain of hashes is not in it.",
        "A group of muscles that is one site has no code, only words.",
    ),
)
