# shellcheck shell=bash disable=SC2034
# Replicas are the services app-1, app-2, app-3 of compose.yaml; the version is VERSION in .env.
set -a
# shellcheck source=/dev/null
. ./.env
set +a
: "${EDGE:=https://$SERVER_NAME}" "${INSIDE_CA:=$INSIDE_CERTIFICATES/ca.crt}"
export EDGE
compose() {
  if docker compose version >/dev/null 2>&1; then
    docker compose "$@"
  else
    docker-compose "$@"
  fi
}

current_version() { sed -n 's/^VERSION=//p' .env; }
use_version() { sed -i "s|^VERSION=.*|VERSION=$1|" .env && export VERSION=$1 && compose pull -q app-1; }
version_of() { docker inspect --format '{{.Config.Image}}' "$(compose ps -q "app-$1")" 2>/dev/null | sed 's/.*://'; }
start_replica() { compose --profile spare up -d --no-deps "app-$1"; }
stop_replica() { compose --profile spare stop "app-$1" && compose --profile spare rm -f "app-$1"; }
is_ready() {
  compose exec -T "app-$1" dotnet /app/MdcTts.dll health --url https://127.0.0.1:8000/health/ready >/dev/null 2>&1
}
start_workers() { compose up -d --no-deps worker; }
run_once() { compose run --rm backup "$@"; }
migrate_once() { compose run --rm migrate; }
