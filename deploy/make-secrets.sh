#!/usr/bin/env bash
# Create the secrets that docker-compose.yml mounts. What is there already stays.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p secrets tls hsm
for name in db_password master_password admin_password replication_password; do
    [ -s "secrets/$name" ] || head -c 32 /dev/urandom | base64 | tr -d '/+=\n' >"secrets/$name"
done
# Written by the person who holds the device; empty while the agency seals with a token.
[ -e secrets/hsm_pin ] || : >secrets/hsm_pin
# The folder is closed to everybody else; the files are read by the accounts inside the containers.
chmod 700 secrets
chmod 644 secrets/*
[ -s tls/fullchain.pem ] || echo "put the server's certificate into deploy/tls/fullchain.pem and its key into deploy/tls/privkey.pem" >&2
