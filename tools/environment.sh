#!/bin/sh
# Build the virtual environment in $1 from the hashed lock file; needs only Python 3.11+ with venv.
set -eu
venv=$1

new_enough() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if ! [ -x "$venv/bin/python" ] || ! new_enough "$venv/bin/python"; then
    chosen=
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if new_enough "$candidate"; then chosen=$candidate; break; fi
    done
    if [ -z "$chosen" ]; then
        echo "TissueSense needs Python 3.11 or newer with venv; none was found (set PYTHON=...)." >&2
        exit 1
    fi
    rm -rf "$venv"
    "$chosen" -m venv "$venv"
fi
echo "Installing pinned dependencies into $venv ..." >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
