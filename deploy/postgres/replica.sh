#!/bin/bash
# Start a read replica: copy the primary once, then follow it.
set -euo pipefail
data=/var/lib/postgresql/data
PGPASSWORD="$(</run/secrets/replication_password)"
export PGPASSWORD
if [ ! -s "$data/PG_VERSION" ]; then
    until pg_basebackup -h db -U replicator -D "$data" -R -X stream -S replica_1; do
        echo "waiting for the primary" >&2
        rm -rf "${data:?}"/*
        sleep 3
    done
    chmod 700 "$data"
fi
exec postgres -D "$data" -c config_file=/etc/postgresql/postgresql.conf
