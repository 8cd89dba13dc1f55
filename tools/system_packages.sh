#!/bin/sh
# Install the system programs that some tests talk to, when this is root on Debian; elsewhere those tests say why they skip.
set -eu
needed=
while read -r program package; do
    command -v "$program" >/dev/null 2>&1 || needed="$needed $package"
done <<END
dbus-daemon dbus
g++ g++
arm-none-eabi-gcc gcc-arm-none-eabi
qemu-system-arm qemu-system-arm
chromium chromium
END
[ -n "$needed" ] || exit 0
command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ] || exit 0
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of packages
apt-get update -qq && apt-get install -y -qq --no-install-recommends $needed >/dev/null
