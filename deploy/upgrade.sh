#!/usr/bin/env bash
# New version: build, stop the web hosts, save the database, update the addons, start again.
set -euo pipefail
cd "$(dirname "$0")/.."
compose=(docker compose)
docker compose version >/dev/null 2>&1 || compose=(docker-compose)
stamp="$(date +%Y%m%d-%H%M%S)"
mkdir -p deploy/backup
"${compose[@]}" build odoo
"${compose[@]}" stop odoo
"${compose[@]}" exec -T db pg_dump -U odoo -Fc "${VANBAN_DATABASE:-vanban}" >"deploy/backup/before-$stamp.dump"
"${compose[@]}" run --rm init vanban-upgrade
"${compose[@]}" up -d
