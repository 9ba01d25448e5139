#!/usr/bin/env bash
# Bring addons/ADDON/i18n/vi.po up to date with the sources and list what is left to translate: update_po.sh ADDON ...
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh
[ $# -gt 0 ] || { echo "usage: update_po.sh ADDON ..." >&2; exit 2; }
scripts/pg.sh start
scripts/odoo_conf.sh
for addon in "$@"; do
    database="vb_test_$$_po"
    python scripts/testdb.py clone "$database" "$addon"
    python scripts/check_i18n.py --update "$database" "$addon" || true
    python scripts/testdb.py drop "$database"
done
