"""The table of device models; another package adds one through `tissuesense.devices`."""

from tissuesense.core.registry import Registry
from tissuesense.devices.profile import DeviceProfile

_CATALOG = "tissuesense.devices.catalog"

DEVICES: Registry[DeviceProfile] = Registry(
    "device model",
    DeviceProfile,
    {
        "progressor": f"{_CATALOG}.progressor:PROFILE",
        "mark10": f"{_CATALOG}.mark10:PROFILE",
        "wagner-fpx": f"{_CATALOG}.wagner_fpx:PROFILE",
        "text-line": f"{_CATALOG}.text_line:PROFILE",
    },
    group="tissuesense.devices",
)
