# Shared by the scripts in this folder: `. "$(dirname "$0")/lib.sh"`. Sets ROOT and goes there.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 1
VENV=$ROOT/.venv
# shellcheck disable=SC2034  # read by the scripts that source this file
VAR=${KIESTOON_VAR:-$ROOT/var}
PYTHON=$VENV/bin/python

# One line about what happens now.
say() { printf '== %s\n' "$*"; }

# One sentence about what is wrong, and the end.
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# True when every Debian package named is installed.
have_packages() {
    local name
    for name in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || return 1
    done
}

# The names among the arguments that are not installed, one a line.
missing_packages() {
    local name
    for name in "$@"; do
        have_packages "$name" || printf '%s\n' "$name"
    done
}

# as_root COMMAND…: runs it as root, through sudo when needed.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        die "'$1' needs root: run this as root or install sudo"
    fi
}

# logged LOGFILE WHAT COMMAND…: runs COMMAND with its output in LOGFILE; on failure shows the end of it.
logged() {
    local log=$1 what=$2
    shift 2
    printf '\n== %s: %s\n' "$what" "$*" >>"$log"
    if ! "$@" >>"$log" 2>&1 </dev/null; then
        tail -n 15 "$log" >&2
        die "$what failed (everything it printed: $log)"
    fi
}
