"""All tables of an export, in the order in which a reader meets them."""

from tissuesense.export.tables.at_the_table import LISTED_SITES, RETAKES, SITE_LISTS
from tissuesense.export.tables.hands import DOSES, JOINTS, MANUAL, NOT_DONE, NOTES, SIGNATURES
from tissuesense.export.tables.historic import HISTORIC, HISTORIC_VALUES
from tissuesense.export.tables.intake import (
    COMPLAINTS,
    CONSENTS,
    DAILY_LIFE,
    DRAWINGS,
    POSTURE,
    SCREEN_ANSWERS,
    SCREENS,
)
from tissuesense.export.tables.lookups import CODEBOOK, DEVICES_USED, SITES
from tissuesense.export.tables.measured import MEASUREMENTS, TRACES
from tissuesense.export.tables.numbers import RESULTS, TRIALS, VALUES
from tissuesense.export.tables.people import IDENTITY, PARTICIPANTS, VISITS
from tissuesense.export.tables.plan import (
    CODES,
    EPISODES,
    GOALS,
    PLAN_PHASES,
    PLANS,
    REFERRALS,
)

# What is made from one client after the other.
OF_CLIENTS = (
    PARTICIPANTS,
    VISITS,
    MEASUREMENTS,
    RESULTS,
    TRIALS,
    VALUES,
    RETAKES,
    HISTORIC,
    HISTORIC_VALUES,
    SITE_LISTS,
    LISTED_SITES,
    MANUAL,
    JOINTS,
    COMPLAINTS,
    DRAWINGS,
    POSTURE,
    DAILY_LIFE,
    CONSENTS,
    SCREENS,
    SCREEN_ANSWERS,
    EPISODES,
    REFERRALS,
    CODES,
    PLANS,
    PLAN_PHASES,
    GOALS,
    DOSES,
    NOT_DONE,
    NOTES,
    SIGNATURES,
)
# What is known when all of them have gone by.
SHARED = (SITES, DEVICES_USED, CODEBOOK)
TABLES = (*OF_CLIENTS, *SHARED)
EVERY_TABLE = (*TABLES, IDENTITY, TRACES)
