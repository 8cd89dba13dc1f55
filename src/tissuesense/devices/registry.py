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
        "shimpo-fg": f"{_CATALOG}.shimpo_fg:PROFILE",
        "sauter-fh": f"{_CATALOG}.sauter_fh:PROFILE",
        "lutron": f"{_CATALOG}.lutron:PROFILE",
        "bt-sig-weight": f"{_CATALOG}.bt_sig_weight:PROFILE",
        "bt-sig-force": f"{_CATALOG}.bt_sig_force:PROFILE",
        "wh-c06": f"{_CATALOG}.wh_c06:PROFILE",
        "text-line": f"{_CATALOG}.text_line:PROFILE",
        "imada-d": f"{_CATALOG}.imada_d:PROFILE",
        "activ5": f"{_CATALOG}.activ5:PROFILE",
        "cts500": f"{_CATALOG}.cts500:PROFILE",
        "gsv2": f"{_CATALOG}.gsv2:PROFILE",
        "tissuesense-link": f"{_CATALOG}.tissuesense_link:PROFILE",
    },
    group="tissuesense.devices",
)
