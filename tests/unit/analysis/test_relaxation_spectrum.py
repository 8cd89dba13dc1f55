"""Many exponentials at given times follow any relaxation that fades."""

import numpy as np
import pytest

from tissuesense.analysis.viscoelastic.ramp_hold import branch_response, springpot_response
from tissuesense.analysis.viscoelastic.relaxation_spectrum import relaxation_spectrum
from tissuesense.core.errors import UsageError

TIME_S = np.geomspace(0.01, 1000.0, 300)


def test_a_springpot_over_five_decades_is_followed() -> None:
    force = 10 * TIME_S**-0.2
    found = relaxation_spectrum(TIME_S, force, relative=True)

    assert found.relative_rms < 1e-3
    assert found.predict(TIME_S) == pytest.approx(force, rel=1e-2)
    assert (found.size_n > 0).all()
    assert (np.diff(found.tau_s) > 0).all()


def test_more_times_follow_more_closely() -> None:
    force = 10 * TIME_S**-0.2
    errors = [relaxation_spectrum(TIME_S, force, per_decade=k).relative_rms for k in (1, 2, 4)]

    assert errors == sorted(errors, reverse=True)
    assert errors[2] < 0.2 * errors[0]


def test_what_stays_is_told_from_what_fades() -> None:
    found = relaxation_spectrum(TIME_S, 3 + 2 * np.exp(-TIME_S / 5), per_decade=10)

    assert found.staying_n == pytest.approx(3.0, rel=1e-3)
    assert found.size_n.sum() == pytest.approx(2.0, rel=1e-3)


def test_the_ramp_is_in_it() -> None:
    time_s = np.arange(2.0, 40.0, 0.1)
    force = 5 * springpot_response(time_s, 2.0, 0.3) + branch_response(time_s, 2.0, 4.0)
    found = relaxation_spectrum(time_s, force, ramp_s=2.0, per_decade=3)

    assert found.relative_rms < 1e-3
    assert found.predict([2.0])[0] == pytest.approx(force[0], rel=5e-3)


@pytest.mark.parametrize("per_decade", [0, 11])
def test_too_few_and_too_many_times_are_refused(per_decade: int) -> None:
    with pytest.raises(UsageError, match="per_decade"):
        relaxation_spectrum(TIME_S, TIME_S, per_decade=per_decade)


def test_times_outside_the_hold_are_refused() -> None:
    found = relaxation_spectrum(TIME_S + 1, 1 / (TIME_S + 1), ramp_s=1.0)
    with pytest.raises(UsageError, match="time_s"):
        found.predict([0.5])
