"""A site's name as it is typed leads to its muscle, or to a sentence with the nearest names."""

import pytest

from tissuesense.anatomy.body_map.shapes import View, regions
from tissuesense.anatomy.catalogue import catalogue
from tissuesense.anatomy.muscle import Muscle
from tissuesense.anatomy.site_names import UnknownSite, known_site, site_names


def unknown(name: str) -> UnknownSite:
    found = known_site(name)
    assert isinstance(found, UnknownSite)
    return found


@pytest.mark.parametrize("name", site_names())
def test_every_site_leads_to_its_own_muscle(name: str) -> None:
    assert known_site(name) is catalogue().muscles[name]


@pytest.mark.parametrize("muscle", catalogue().muscles.values(), ids=lambda muscle: muscle.id)
def test_every_alias_and_every_spoken_name_leads_there_too(muscle: Muscle) -> None:
    for name in (muscle.name, *muscle.aliases):
        assert known_site(name) is muscle


@pytest.mark.parametrize(
    "name", ["levator_scapulae", "tibialis_anterior", "deltoid", "first_dorsal_interosseous"]
)
def test_what_the_simulator_and_the_published_values_call_a_site_is_known(name: str) -> None:
    assert name in site_names()


@pytest.mark.parametrize("name", ["Trapezius_Upper", "trapezius upper", " trapezius-upper "])
def test_capitals_blanks_and_hyphens_do_not_matter(name: str) -> None:
    assert known_site(name) is catalogue().muscles["trapezius_upper"]


def test_a_slip_of_the_finger_is_answered_with_what_was_meant() -> None:
    meant = unknown("infraspinatis")

    assert meant.nearest[0] == "infraspinatus"
    assert meant.sentence.startswith(
        "This site is not in the catalogue of muscles; near it: infraspinatus"
    )


def test_a_whole_muscle_is_answered_with_its_parts() -> None:
    assert unknown("trapezius").nearest == (
        "trapezius_upper",
        "trapezius_middle",
        "trapezius_lower",
    )


def test_the_sentence_does_not_repeat_what_was_typed() -> None:
    assert unknown("Agatha Trapezium").sentence == ("This site is not in the catalogue of muscles.")


@pytest.mark.parametrize("name", ["", "   ", "_", "%s", "a" * 10_000])
def test_any_text_gets_an_answer(name: str) -> None:
    assert unknown(name).sentence


@pytest.mark.parametrize("view", View)
def test_what_the_body_map_draws_is_known(view: View) -> None:
    drawn = {region.site.name for region in regions(view)}
    assert [name for name in drawn if not isinstance(known_site(name), Muscle)] == []
