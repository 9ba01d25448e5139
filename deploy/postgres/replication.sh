#!/bin/bash
# Runs once when the primary's data folder is created: the account and the slot of the read replica.
set -euo pipefail
password="$(</run/secrets/replication_password)"
psql -v ON_ERROR_STOP=1 -v "password=$password" -U "$POSTGRES_USER" -d postgres <<'SQL'
CREATE ROLE replicator WITH REPLICATION LOGIN PASSWORD :'password';
SELECT pg_create_physical_replication_slot('replica_1');
SQL
echo "host replication replicator all scram-sha-256" >>"$PGDATA/pg_hba.conf"
