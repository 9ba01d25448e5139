#!/usr/bin/env bash
# An Odoo shell on a database (argument), or on a fresh one with every addon and demonstration data.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh
database="${1:-vb_shell}"
scripts/odoo_conf.sh
[ -n "${1:-}" ] || psql -qAt -c "SELECT 1 FROM pg_database WHERE datname = 'vb_shell'" | grep -q 1 ||
    python scripts/testdb.py clone vb_shell
exec python -m odoo shell -d "$database"
