#!/usr/bin/env bash
# The private PostgreSQL cluster: pg.sh start | stop | status | psql [ARGS]
# VANBAN_PG_FSYNC=off at the start of a cluster makes throw-away tests faster; it is on by default.
set -euo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"

if [ "${VANBAN_PG_PRIVATE:-}" != 1 ]; then
    case "${1:-status}" in
        psql) shift; exec psql "$@" ;;
        *) echo "pg: using the server at PGHOST=$PGHOST" >&2; exec pg_isready -q ;;
    esac
fi

bin="$VANBAN_PG_BIN"
[ -n "$bin" ] || { echo "pg: no PostgreSQL server programs found, run make setup" >&2; exit 1; }
owned() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u "$VANBAN_PG_OWNER" -- "$@"); else "$@"; fi; }
running() { owned "$bin/pg_ctl" -D "$VANBAN_PG_DATA" status >/dev/null 2>&1; }

create() {
    local parent
    for parent in "$(dirname "$VANBAN_PG_DATA")" "$PGHOST"; do mkdir -p "$parent"; done
    mkdir -p "$VANBAN_PG_DATA"
    chmod 700 "$VANBAN_PG_DATA"
    [ "$(id -u)" = 0 ] && chown "$VANBAN_PG_OWNER" "$VANBAN_PG_DATA"
    [ "$VANBAN_PG_DATA" != "$VANBAN_VAR/pg" ] && ln -sfn "$VANBAN_PG_DATA" "$VANBAN_VAR/pg"
    owned "$bin/initdb" -D "$VANBAN_PG_DATA" -U postgres -E UTF8 --locale=C.UTF-8 -A peer >/dev/null
    # Who may connect is decided by the account of the operating system; there is no password and no network.
    owned tee "$VANBAN_PG_DATA/pg_hba.conf" >/dev/null <<EOF
local all all peer map=vanban
EOF
    owned tee "$VANBAN_PG_DATA/pg_ident.conf" >/dev/null <<EOF
vanban $(id -un) vanban
vanban $(id -un) postgres
vanban $VANBAN_PG_OWNER postgres
EOF
}

configure() {
    owned tee "$VANBAN_PG_DATA/vanban.conf" >/dev/null <<EOF
listen_addresses = ''
port = $PGPORT
unix_socket_directories = '$PGHOST'
max_connections = 400
shared_buffers = 512MB
work_mem = 16MB
maintenance_work_mem = 256MB
effective_cache_size = 3GB
random_page_cost = 1.1
max_wal_size = 4GB
checkpoint_timeout = 15min
timezone = 'UTC'
fsync = ${VANBAN_PG_FSYNC:-on}
full_page_writes = ${VANBAN_PG_FSYNC:-on}
jit = off
EOF
    grep -q '^include .vanban.conf' "$VANBAN_PG_DATA/postgresql.conf" 2>/dev/null ||
        echo "include 'vanban.conf'" | owned tee -a "$VANBAN_PG_DATA/postgresql.conf" >/dev/null
}

start() {
    running && return 0
    exec 7>"$VANBAN_VAR/pg.lock"
    flock 7
    running && return 0
    [ -f "$VANBAN_PG_DATA/PG_VERSION" ] || create
    mkdir -p "$PGHOST" && chmod 755 "$PGHOST"
    [ "$(id -u)" = 0 ] && chown "$VANBAN_PG_OWNER" "$PGHOST"
    configure
    owned "$bin/pg_ctl" -D "$VANBAN_PG_DATA" -w -t 60 -l "$VANBAN_PG_DATA/server.log" start >/dev/null 7>&- ||
        { owned tail -n 20 "$VANBAN_PG_DATA/server.log" >&2; return 1; }
    PGUSER=postgres psql -qAt -d postgres -c "SELECT 1 FROM pg_roles WHERE rolname = 'vanban'" | grep -q 1 ||
        # Superuser as in the official PostgreSQL image: Odoo creates the extensions and marks unaccent immutable.
        PGUSER=postgres psql -q -d postgres -c "CREATE ROLE vanban SUPERUSER LOGIN"
}

case "${1:-status}" in
    start) start ;;
    stop) running && owned "$bin/pg_ctl" -D "$VANBAN_PG_DATA" -m fast -w stop >/dev/null || true ;;
    status) if running; then echo "running, socket $PGHOST"; else echo "stopped"; exit 3; fi ;;
    psql) shift; exec "$bin/psql" "$@" ;;
    *) echo "usage: pg.sh start|stop|status|psql" >&2; exit 2 ;;
esac
