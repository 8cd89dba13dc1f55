"""A trial is written as the contract says, and every number of it is one finding."""

import json
from dataclasses import replace

import pytest

from tissuesense.analysis.pain.trials import Grade, PainSession, PainThreshold, PainTrial
from tissuesense.core.quality import QualityFlag as Flag
from tissuesense.core.quantity import Estimate, NotEstimable


def kpa(value: float) -> Estimate:
    return Estimate(value=value, standard_uncertainty=1.0, unit="kPa")


CENSORED = NotEstimable(reason=Flag.CENSORED, detail="Higher than the limit.")
TOO_FEW = NotEstimable(reason=Flag.TOO_FEW, detail="Press again.")
TRIAL = PainTrial(
    index=2,
    onset_s=1.0,
    threshold_time_s=7.0,
    peak_kpa=310.0,
    peak_time_s=7.1,
    release_s=7.2,
    threshold_kpa=kpa(300),
    threshold_source="marker",
    latent_threshold_kpa=kpa(285),
    ramp_rate_kpa_s=Estimate(value=50.0, standard_uncertainty=0.1, unit="kPa/s"),
    ramp_rate_cv=0.05,
    tare_n=0.2,
    accepted=True,
    flags=(Flag.OVERSHOOT,),
)
REFUSED = replace(
    TRIAL,
    index=3,
    threshold_time_s=None,
    release_s=None,
    threshold_kpa=CENSORED,
    latent_threshold_kpa=CENSORED,
    ramp_rate_cv=None,
    accepted=False,
    flags=(Flag.CLIP, Flag.CENSORED),
)
SESSION = PainSession(
    ppt_kpa=TOO_FEW,
    latent_ppt_kpa=kpa(285),
    n_accepted=1,
    rule="mean",
    aggregation="all",
    n_counted=1,
    grade=Grade.C,
    too_spread=False,
    geometric_mean_kpa=TOO_FEW,
    censored_geometric_mean_kpa=None,
    n_censored=1,
)
RESULT = PainThreshold(
    trials=(TRIAL, REFUSED),
    session=SESSION,
    flags=(Flag.TARE_APPLIED, Flag.TOO_FEW),
)
# Section 4 of the public contract.
WRITTEN = {
    "index",
    "onset_s",
    "threshold_time_s",
    "peak_kpa",
    "peak_time_s",
    "release_s",
    "threshold_kpa",
    "threshold_source",
    "latent_threshold_kpa",
    "ramp_rate_kpa_s",
    "ramp_rate_cv",
    "accepted",
    "flags",
}


@pytest.mark.parametrize("trial", [TRIAL, REFUSED], ids=["accepted", "refused"])
def test_a_trial_is_written_with_every_key_of_the_contract(trial: PainTrial) -> None:
    written = json.loads(json.dumps(trial.to_dict(), allow_nan=False))
    assert set(written) >= WRITTEN
    assert written["flags"] == [flag.value for flag in trial.flags]
    assert written["accepted"] is trial.accepted


def test_what_could_not_be_estimated_is_null() -> None:
    written = REFUSED.to_dict()
    for key in ("threshold_kpa", "latent_threshold_kpa", "threshold_time_s", "ramp_rate_cv"):
        assert written[key] is None


def test_a_quantity_is_written_with_value_u_and_interval() -> None:
    assert TRIAL.to_dict()["threshold_kpa"] == kpa(300).to_dict()


def test_a_session_is_written_as_the_contract_says() -> None:
    written = json.loads(json.dumps(RESULT.to_dict()["session"], allow_nan=False))
    assert written["ppt_kpa"] is None
    assert written["latent_ppt_kpa"] == json.loads(json.dumps(kpa(285).to_dict()))
    assert (written["n_accepted"], written["rule"]) == (1, "mean")


def test_a_session_says_how_far_it_can_be_trusted() -> None:
    written = RESULT.to_dict()["session"]
    assert (written["grade"], written["further_trial"], written["n_censored"]) == ("C", True, 1)
    assert written["geometric_mean_kpa"] is written["censored_geometric_mean_kpa"] is None
    assert written["budget"] is None
    known = replace(SESSION, ppt_kpa=kpa(300), grade=Grade.A).to_dict()
    assert (known["grade"], known["further_trial"]) == ("A", False)
    assert known["budget"]["u"] == 1.0


def test_a_result_is_written_with_its_trials_in_order() -> None:
    assert [trial["index"] for trial in RESULT.to_dict()["trials"]] == [2, 3]


def test_every_number_of_a_trial_is_a_finding_that_carries_its_verdict() -> None:
    findings = {finding.quantity: finding for finding in TRIAL.findings()}
    assert {name: findings[name].value for name in findings} == {
        name: getattr(TRIAL, name) for name in findings
    }
    assert {"threshold_kpa", "latent_threshold_kpa", "ramp_rate_kpa_s", "peak_kpa"} <= set(findings)
    for finding in findings.values():
        assert (finding.item, finding.index) == ("trial", 2)
        assert (finding.accepted, finding.flags) == (True, (Flag.OVERSHOOT,))


def test_a_refused_quantity_is_a_finding_with_its_reason_and_an_unknown_number_is_none() -> None:
    findings = {finding.quantity: finding.value for finding in REFUSED.findings()}
    assert findings["threshold_kpa"] is CENSORED
    assert {"release_s", "threshold_time_s", "ramp_rate_cv"}.isdisjoint(findings)


def test_a_number_of_zero_is_a_finding() -> None:
    findings = {f.quantity: f.value for f in replace(TRIAL, tare_n=0.0, onset_s=0.0).findings()}
    assert findings["tare_n"] == findings["onset_s"] == 0.0


def test_the_session_gives_two_findings_of_its_own() -> None:
    ppt, latent = [f for f in RESULT.findings() if f.item == "session"]
    assert (ppt.quantity, ppt.index, ppt.value) == ("ppt_kpa", None, TOO_FEW)
    assert not ppt.accepted
    assert set(ppt.flags) == {Flag.TARE_APPLIED, Flag.TOO_FEW}
    assert (latent.quantity, latent.value, latent.accepted) == ("latent_ppt_kpa", kpa(285), True)
