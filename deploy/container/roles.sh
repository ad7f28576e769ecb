#!/bin/sh
# Run once by the database's image, as the owner: makes the service's own role.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$(cat /run/secrets/service_password)" \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE rfp_service LOGIN PASSWORD :'password';
SQL
