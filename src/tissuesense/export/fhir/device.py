"""The gauge with its tip, its calibration, and the software that computed a number."""

from tissuesense.core.calibration import Calibration
from tissuesense.devices.registry import DEVICES
from tissuesense.export.fhir.codes import concept
from tissuesense.export.fhir.elements import UCUM, Json, identifier, present, quantity, words
from tissuesense.export.fhir.shared import Shared
from tissuesense.record.measurement import MethodVersion, StoredMeasurement


def gauge(shared: Shared, measurement: StoredMeasurement) -> Json:
    """Return a reference to a gauge as it was put together: another tip is another device."""
    context = measurement.context
    area = None if context.tip is None else context.tip.area_cm2
    reference = shared.once(
        "Device",
        _key(measurement),
        lambda _: {
            "status": "active",
            "deviceName": [{"name": _title(measurement.device_model), "type": "model-name"}],
            "modelNumber": words(measurement.device_model),
            "serialNumber": words(context.instrument or ""),
            "property": [
                {"type": concept(code), "valueQuantity": [quantity(value, unit)]}
                for code, value, unit in (
                    ("tip-area", area, "cm2"),
                    ("full-scale", context.full_scale_n, "N"),
                )
                if value is not None
            ],
        },
    )
    if context.calibration is not None:
        _calibrated(shared, reference, context.calibration)
    return reference


def software(shared: Shared, measurement: StoredMeasurement, method: MethodVersion) -> Json:
    """Return a reference to the program that computed a number from what this gauge sent."""
    parent = gauge(shared, measurement)
    return shared.once(
        "Device",
        f"{_key(measurement)} {method.software_version}",
        lambda _: {
            "status": "active",
            "deviceName": [{"name": "TissueSense", "type": "user-friendly-name"}],
            "version": [{"value": method.software_version}],
            "parent": parent,
        },
    )


def _key(measurement: StoredMeasurement) -> str:
    context = measurement.context
    area = context.tip and context.tip.area_cm2
    return f"{measurement.device_model} {context.instrument} {area} {context.full_scale_n}"


def _title(model: str) -> str:
    """Return what people call a gauge; its id where the package that knew it is gone."""
    return DEVICES[model].title if model in DEVICES.targets() else words(model) or "unnamed"


def _calibrated(shared: Shared, device: Json, calibration: Calibration) -> None:
    """Write the gauge's force channel with the day of its calibration, at midnight UTC."""
    on = calibration.performed_on
    shared.once(
        "DeviceMetric",
        f"{device['reference']} {calibration.identifier}",
        lambda _: {
            "identifier": [identifier("calibration", words(calibration.identifier))],
            "type": concept("force"),
            "unit": {"coding": [{"system": UCUM, "code": "N"}]},
            "source": device,
            "category": "measurement",
            "calibration": [
                present(
                    type="unspecified",
                    state="calibrated",
                    time=None if on is None else f"{on}T00:00:00Z",
                )
            ],
        },
    )
