#!/bin/sh
# Prepares .venv: the locked packages, every one checked against its hash, and this checkout in editable form.
# Needs Python 3.11 or newer with venv, nothing else. Run by `make setup`, which skips it while nothing changed.
set -eu
cd "$(dirname "$0")/.."
venv=.venv
lock=requirements/dev.lock

# A name on PATH is not yet a Python that starts, so each candidate has to answer.
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
find_python() {
    for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
        if "$name" -c "$new_enough" >/dev/null 2>&1; then
            command -v "$name"
            return
        fi
    done
    echo "Needlepoint needs Python 3.11 or newer, and none was found on PATH." >&2
    echo "Install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.13)," >&2
    echo "or name it yourself: make setup PYTHON=/path/to/python3" >&2
    return 1
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        echo "$python has no venv with pip in it." >&2
        echo "Install it (Debian, Ubuntu: apt-get install python3-venv) and run make setup again." >&2
        return 1
    fi
    echo "Preparing $venv with $("$python" --version)"
    rm -rf "$venv"
    "$python" -m venv "$venv"
}

# uv is an installer, ten times quicker than pip. Where it cannot be had, pip does the same work with the same hashes.
install() {
    if "$venv/bin/uv" --version >/dev/null 2>&1 && VIRTUAL_ENV=$venv "$venv/bin/uv" pip install --quiet "$@"; then
        return
    fi
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

"$venv/bin/python" -c "$new_enough" >/dev/null 2>&1 || make_venv
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock ||
    echo "uv could not be installed here; going on with pip, which takes a minute longer." >&2
install --require-hashes -r "$lock"
install --no-deps --no-build-isolation --editable .
touch "$venv/.ready"
echo "Ready: $venv/bin/needlepoint"
