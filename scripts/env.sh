# shellcheck shell=bash
# Source this file: every script and target works in the environment it exports, from any clone.
#
#   VANBAN_ROOT    the checkout              VANBAN_VAR   everything that is produced (var/)
#   VANBAN_CACHE   shared by all clones      ODOO_HOME    goes on PYTHONPATH, holds the package odoo
#   PGHOST PGPORT PGUSER                     the private cluster, unless PGHOST was set before
#   ODOO_RC        var/odoo.conf             SOFTHSM2_CONF  tokens under var/softhsm
_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
# Another checkout's environment in the same shell must not leak into this one.
[ "${VANBAN_ROOT:-$_root}" = "$_root" ] || unset VANBAN_VAR SOFTHSM2_CONF PGDATABASE
VANBAN_ROOT="$_root"
VANBAN_VAR="${VANBAN_VAR:-$VANBAN_ROOT/var}"
VANBAN_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/vanban"
export VANBAN_ROOT VANBAN_VAR VANBAN_CACHE
mkdir -p "$VANBAN_VAR"

# Python: one virtual environment per set of pinned versions and per interpreter, shared by all clones.
if [ -z "${VANBAN_PYTHON:-}" ]; then
    for _candidate in python3 python3.12 python3.11 python3.13; do
        _version="$("$_candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" || continue
        case "$_version" in 3.1[1-3]) VANBAN_PYTHON="$(command -v "$_candidate")"; break ;; esac
    done
fi
VANBAN_PINS="$({ cat "$VANBAN_ROOT"/constraints.txt "$VANBAN_ROOT"/requirements.txt "$VANBAN_ROOT"/requirements-dev.txt; echo "${VANBAN_PYTHON:-}"; } | sha256sum | cut -c1-12)"
VANBAN_VENV="$VANBAN_CACHE/venv-$VANBAN_PINS"
export VANBAN_PYTHON VANBAN_VENV
case ":$PATH:" in *":$VANBAN_VENV/bin:"*) ;; *) PATH="$VANBAN_VENV/bin:$PATH" ;; esac
export PATH VIRTUAL_ENV="$VANBAN_VENV"

# Odoo
if [ -z "${ODOO_HOME:-}" ]; then
    for _candidate in "$VANBAN_CACHE/odoo-19/usr/lib/python3/dist-packages" "$VANBAN_CACHE/odoo-19.git"; do
        [ -f "$_candidate/odoo/release.py" ] && { ODOO_HOME="$_candidate"; break; }
    done
fi
if [ -n "${ODOO_HOME:-}" ]; then
    export ODOO_HOME
    case ":${PYTHONPATH:-}:" in *":$ODOO_HOME:"*) ;; *) PYTHONPATH="$ODOO_HOME${PYTHONPATH:+:$PYTHONPATH}" ;; esac
    export PYTHONPATH
fi
export ODOO_RC="$VANBAN_VAR/odoo.conf"

# PostgreSQL: the newest server programs of the system, a private cluster with its own socket.
for _candidate in /usr/lib/postgresql/*/bin; do [ -x "$_candidate/initdb" ] && VANBAN_PG_BIN="$_candidate"; done
if [ -z "${VANBAN_PG_BIN:-}" ] && command -v initdb >/dev/null; then VANBAN_PG_BIN="$(dirname "$(command -v initdb)")"; fi
export VANBAN_PG_BIN="${VANBAN_PG_BIN:-}"
if [ -z "${PGHOST:-}" ] || [ "${VANBAN_PG_PRIVATE:-}" = 1 ]; then
    _short="/tmp/vanban-$(printf '%s' "$VANBAN_VAR" | sha256sum | cut -c1-10)"
    VANBAN_PG_DATA="$VANBAN_VAR/pg"
    PGHOST="$VANBAN_VAR/run"
    if [ "$(id -u)" = 0 ]; then
        # The server never runs as root: its user must be able to walk to the folder, else both live in /tmp.
        VANBAN_PG_OWNER="${VANBAN_PG_OWNER:-postgres}"
        if ! runuser -u "$VANBAN_PG_OWNER" -- test -x "$VANBAN_VAR" 2>/dev/null; then
            VANBAN_PG_DATA="$_short/pg"; PGHOST="$_short"
        fi
    else
        VANBAN_PG_OWNER="$(id -un)"
    fi
    # A socket's path is limited to 107 bytes.
    [ "${#PGHOST}" -gt 85 ] && PGHOST="$_short"
    VANBAN_PG_PRIVATE=1
    PGPORT=5432
    PGUSER=vanban
    export VANBAN_PG_DATA VANBAN_PG_OWNER VANBAN_PG_PRIVATE PGHOST PGPORT PGUSER
fi
export PGDATABASE="${PGDATABASE:-postgres}"

# SoftHSM stands in for the agency's HSM and the leaders' tokens.
export SOFTHSM2_CONF="${SOFTHSM2_CONF:-$VANBAN_VAR/softhsm/softhsm2.conf}"
for _candidate in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so /usr/lib64/pkcs11/libsofthsm2.so; do
    [ -f "$_candidate" ] && { export VANBAN_PKCS11_MODULE="$_candidate"; break; }
done
unset _candidate _version _short _root
