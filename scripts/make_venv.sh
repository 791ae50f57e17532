#!/bin/sh
# Makes .venv with the newest Python from 3.11 to 3.13 that is here (or PYTHON, if given), and says plainly what is
# missing. Debian and Ubuntu part `venv` from Python: root gets the package, anybody else is told its name.
set -eu

usable() { "$1" -c 'import sys; sys.exit(not sys.version_info >= (3, 11))' >/dev/null 2>&1; }
has_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

choose_python() {
    found=""
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        usable "$name" || continue
        [ -n "$found" ] || found=$name
        if has_venv "$name"; then
            found=$name
            return
        fi
    done
}

install_with_apt() {
    echo "setup: installing $* with apt-get"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return
    apt-get update -qq >/dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

# One that works is kept, whoever made it.
if usable .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; then exit 0; fi

choose_python
if [ -z "$found" ]; then
    if may_install && [ -z "${PYTHON:-}" ] && install_with_apt python3 python3-venv; then choose_python; fi
    if [ -z "$found" ]; then
        echo "setup: Beffroi needs Python 3.11 or later. Install it, then run make again (PYTHON=/path/to/python names another)." >&2
        exit 1
    fi
fi
if ! has_venv "$found"; then
    package="python$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    if may_install; then install_with_apt "$package" || true; fi
    if ! has_venv "$found"; then
        echo "setup: $found lacks the venv module. As root: apt-get install $package, then run make again." >&2
        exit 1
    fi
fi

echo "setup: making .venv with $("$found" --version)"
rm -rf .venv
"$found" -m venv .venv
