#!/usr/bin/env bash
# Run Odoo from this checkout: odoo.sh server -d DB -u vanban_core --stop-after-init
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh
scripts/odoo_conf.sh
scripts/pg.sh start
exec python -m odoo "$@"
