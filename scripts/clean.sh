#!/usr/bin/env bash
# Remove what this checkout produced: databases, filestore, products, logs. The cache shared by all clones stays.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh
if [ "${VANBAN_PG_PRIVATE:-}" = 1 ]; then
    scripts/pg.sh stop
    rm -rf "$VANBAN_PG_DATA" "$PGHOST"
else
    for name in $(psql -qAt -c "SELECT datname FROM pg_database WHERE datname LIKE 'vb\_%'"); do dropdb "$name"; done
fi
rm -rf "$VANBAN_VAR" .pytest_cache .ruff_cache .hypothesis
find addons tests scripts demo bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
