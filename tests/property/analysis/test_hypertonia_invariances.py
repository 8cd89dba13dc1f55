"""The index does not depend on units, on the order of presses or on which side is named first."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.hypertonia import COMPONENTS, HypertoniaIndex, index
from tissuesense.analysis.sides.components import FAMILIES

Side = dict[str, list[float]]

ONE_EACH = st.tuples(*(st.sampled_from(family) for family in FAMILIES))


@st.composite
def sides(draw: st.DrawFn) -> tuple[Side, Side]:
    """Draw repeats that agree well enough to be counted."""
    names = draw(ONE_EACH.map(list))
    names = names[: draw(st.integers(1, 2))]
    n = draw(st.integers(2, 5))
    noise = st.lists(st.floats(-0.03, 0.03), min_size=n, max_size=n)
    level = st.floats(-0.3, 0.3)

    def side() -> Side:
        return {name: [math.exp(draw(level) + e) for e in draw(noise)] for name in names}

    return side(), side()


def log_of(found: HypertoniaIndex) -> float | None:
    return None if found.percent is None else math.log1p(found.percent.value / 100)


@given(pair=sides())
def test_exchanging_site_and_reference_inverts_it_exactly(pair: tuple[Side, Side]) -> None:
    there, back = index(*pair), index(pair[1], pair[0])
    turned = {"higher": "lower", "lower": "higher"}

    assert back.state == turned.get(there.state, there.state)
    if there.percent is None or back.percent is None:
        assert there.percent is back.percent
        return
    for one, other in zip(
        (there.percent.value, *there.percent.ci95),
        (back.percent.value, *reversed(back.percent.ci95)),
        strict=True,
    ):
        assert math.log1p(one / 100) == pytest.approx(-math.log1p(other / 100), abs=1e-9)
    assert there.mdc_percent == pytest.approx(back.mdc_percent)


@given(pair=sides(), factors=st.lists(st.floats(0.01, 100), min_size=len(COMPONENTS)))
def test_the_units_of_the_components_do_not_matter(
    pair: tuple[Side, Side], factors: list[float]
) -> None:
    of = dict(zip(COMPONENTS, factors, strict=False))
    scaled = [{name: [of[name] * v for v in side[name]] for name in side} for side in pair]
    one, other = index(*pair), index(*scaled)

    assert one.state == other.state
    assert log_of(other) == pytest.approx(log_of(one), abs=1e-9)


@given(pair=sides(), rng=st.randoms(use_true_random=False))
def test_the_order_of_the_presses_does_not_matter(pair: tuple[Side, Side], rng: object) -> None:
    order = list(range(len(next(iter(pair[0].values())))))
    rng.shuffle(order)  # type: ignore[attr-defined] # a random.Random
    shuffled = {name: [values[i] for i in order] for name, values in pair[0].items()}
    one, other = index(*pair), index(shuffled, pair[1])

    assert one.state == other.state
    assert log_of(other) == pytest.approx(log_of(one), abs=1e-9)


@given(pair=sides())
def test_the_range_with_one_left_out_is_that_of_what_is_left(pair: tuple[Side, Side]) -> None:
    found = index(*pair)
    if found.leave_one_out_percent is None:
        return
    alone = []
    for left_out in pair[0]:
        rest = [{name: side[name] for name in side if name != left_out} for side in pair]
        percent = index(*rest).percent
        assert percent is not None
        alone.append(percent.value)

    assert found.leave_one_out_percent == pytest.approx((min(alone), max(alone)))


@given(pair=sides(), extra=st.sampled_from(("relaxation_fraction", "log_decrement")))
def test_what_is_only_shown_never_moves_it(pair: tuple[Side, Side], extra: str) -> None:
    with_extra = [{**side, extra: [0.3 + i, 0.5]} for i, side in enumerate(pair)]
    one, other = index(*pair), index(*with_extra)

    assert (one.percent, one.state, one.flags) == (other.percent, other.state, other.flags)


@given(pair=sides())
def test_weights_of_what_counts_add_to_one_and_a_family_has_one(pair: tuple[Side, Side]) -> None:
    found = index(*pair)
    if found.state == "not enough data":
        return
    weights = {part.name: part.weight for part in found.components}

    assert sum(weights.values()) == pytest.approx(1)
    for family in FAMILIES:
        assert sum(weights.get(name, 0.0) != 0 for name in family) <= 1
