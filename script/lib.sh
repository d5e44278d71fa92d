# Shared by the scripts in this folder: `. "$(dirname "$0")/lib.sh"`. Sets ROOT and goes there.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Relative to where the person is, as the shell completes it.
case ${KIESTOON_VAR:-} in
    '') VAR=$ROOT/var ;;
    /*) VAR=$KIESTOON_VAR ;;
    *) VAR=$PWD/$KIESTOON_VAR ;;
esac
export KIESTOON_VAR=$VAR
cd "$ROOT" || exit 1
VENV=$ROOT/.venv
PYTHON=$VENV/bin/python

# One line about what happens now.
say() { printf '== %s\n' "$*"; }

# One sentence about what is wrong, and the end.
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Whether that Node.js can build the web client.
node_suits() {
    command -v "$1" >/dev/null && "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
        process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

# with_node COMMAND…: runs it with the machine's Node.js, or with that of .venv where the machine's will not do.
with_node() {
    local -x PATH=$PATH
    if ! command -v npm >/dev/null || ! node_suits node; then PATH=$VENV/bin:$PATH; fi
    "$@"
}

# The names among the arguments that are not installed, one a line.
missing_packages() {
    local installed name
    # dpkg-query fails when it has never heard of one of them.
    installed=" $({ dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true; } |
        awk '$2 == "installed" {printf "%s ", $1}')"
    for name in "$@"; do
        case $installed in *" $name "*) ;; *) printf '%s\n' "$name" ;; esac
    done
}

# as_root COMMAND…: runs it as root, through sudo when needed.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        die "'$*' needs root: run this as root, or install sudo"
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

# Sets DAEMON_USER, who the exchange runs as when this is root (empty when it is not), and AS_DAEMON, the words
# in front of a command that make it run as that user. Without KIESTOON_USER: nobody, or the owner of this folder
# when it is closed to others (a home directory).
choose_user() {
    local candidate
    DAEMON_USER=
    AS_DAEMON=(env)
    [ "$(id -u)" = 0 ] || return 0
    for candidate in "${KIESTOON_USER:-nobody}" ${KIESTOON_USER:-"$(stat -c %U "$ROOT")"}; do
        DAEMON_USER=$candidate
        [ "$candidate" != root ] || break
        id "$candidate" >/dev/null 2>&1 || die "KIESTOON_USER=$candidate: there is no such user"
        AS_DAEMON=(setpriv --reuid "$candidate" --regid "$(id -g "$candidate")" --init-groups
            env HOME="$VAR" USER="$candidate" LOGNAME="$candidate")
        if "${AS_DAEMON[@]}" test -r "$ROOT/manage.py" -a -x "$PYTHON" -a -x "$VAR" 2>/dev/null; then
            return 0
        fi
    done
    [ "${KIESTOON_USER:-}" = root ] ||
        echo "warning: ${KIESTOON_USER:-nobody} can't reach $ROOT or $VAR, so the exchange runs as root" >&2
    DAEMON_USER=root
    AS_DAEMON=(env)
}

# Makes var/ belong to DAEMON_USER: all of it when it belonged to another, else what root has just made.
own_var() {
    local owner
    [ "$(id -u)" = 0 ] || return 0
    owner=$DAEMON_USER:$(id -gn "$DAEMON_USER")
    if [ "$(stat -c %U "$VAR")" = "$DAEMON_USER" ]; then
        find "$VAR" -maxdepth 2 ! -user "$DAEMON_USER" -exec chown -h "$owner" {} +
    else
        chown -hR "$owner" "$VAR"
    fi
}

# Ends with one sentence when an environment variable has a value that can't be used (choose_user first).
check_settings() {
    local reason
    reason=$("${AS_DAEMON[@]}" "$PYTHON" -m pbxsite.instance 2>&1 >/dev/null) ||
        die "$(tail -n 1 <<<"$reason" | sed 's/^[A-Za-z_.]*: //')"
}
