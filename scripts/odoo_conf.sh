#!/usr/bin/env bash
# Write var/odoo.conf for this checkout (ODOO_RC). Prints nothing.
set -euo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
paths=()
[ -d "${ODOO_HOME:-/nonexistent}/addons" ] && paths+=("$ODOO_HOME/addons")
# Odoo complains about a folder without any addon.
compgen -G "$VANBAN_ROOT/addons/*/__manifest__.py" >/dev/null && paths+=("$VANBAN_ROOT/addons")
secret="$VANBAN_VAR/master-password"
[ -s "$secret" ] || (umask 077; head -c 24 /dev/urandom | base64 | tr -d '/+=' >"$secret")
mkdir -p "$VANBAN_VAR/data"
new="$(mktemp "$VANBAN_VAR/odoo.conf.XXXXXX")"
{
    echo "[options]"
    (IFS=,; [ ${#paths[@]} -eq 0 ] || echo "addons_path = ${paths[*]}")
    echo "data_dir = $VANBAN_VAR/data"
    echo "db_host = ${PGHOST:-}"
    echo "db_port = ${PGPORT:-5432}"
    echo "db_user = ${PGUSER:-}"
    [ -z "${PGPASSWORD:-}" ] || echo "db_password = $PGPASSWORD"
    echo "admin_passwd = $(cat "$secret")"
    echo "http_interface = 127.0.0.1"
    echo "unaccent = True"
    echo "workers = 0"
    echo "max_cron_threads = 0"
} >"$new"
mv "$new" "$ODOO_RC"
