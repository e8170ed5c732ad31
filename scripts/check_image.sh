#!/usr/bin/env bash
# Builds the container image and tries what it and compose.yaml promise, with podman (or docker) and its compose.
#
#   scripts/check_image.sh
#
# As root; needs podman and podman-compose, or docker with compose; curl. Where Docker's registry cannot be reached, the base
# image is made by debootstrap, and those of PostgreSQL and Redis from Debian's packages with the same interface: then it is
# the Dockerfile and compose.yaml that are tried, not those images.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
base=debian:bookworm-slim
postgres=postgres:15-bookworm
redis=redis:7-bookworm
export READER_PASSWORD=reader-$RANDOM POSTGRES_PASSWORD=owner-$RANDOM

say() { echo "check_image: $*" >&2; }
fail() { say "FAILED: $*"; exit 1; }
ok() { echo "ok  $*"; }

if command -v podman >/dev/null; then engine=podman compose=(podman-compose -p insights-check)
elif docker info >/dev/null 2>&1; then engine=docker compose=(docker compose -p insights-check)
else fail "neither podman nor a Docker daemon is here"; fi
scratch=$(mktemp -d)
trap '"${compose[@]}" down --volumes >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT

have() { $engine image inspect "$1" >/dev/null 2>&1 || timeout 60 $engine pull --quiet "$1" >/dev/null 2>&1; }

make_base() {
  say "$base cannot be had: making it with debootstrap"
  local sources
  sources=$(apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
    grep ' bookworm' | sort -u)
  debootstrap --variant=minbase --include=ca-certificates bookworm "$scratch/root" \
    "$(awk '$3 == "bookworm" {print $2; exit}' <<<"$sources")" >"$scratch/debootstrap.log" 2>&1 || fail "debootstrap: $(tail -5 "$scratch/debootstrap.log")"
  echo "$sources" >"$scratch/root/etc/apt/sources.list"
  cp /usr/local/share/ca-certificates/*.crt "$scratch/root/usr/local/share/ca-certificates/" 2>/dev/null || true
  chroot "$scratch/root" update-ca-certificates >/dev/null 2>&1
  tar -C "$scratch/root" -c . | $engine import --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' - $base >/dev/null
}

# What compose.yaml uses of the image: its variables, the folder of scripts for the first start, pg_isready.
make_postgres() {
  say "$postgres cannot be had: making a stand-in from Debian's packages"
  cat >"$scratch/entry" <<'ENTRY'
#!/bin/bash
set -e
export PGDATA=/var/lib/postgresql/data POSTGRES_USER=postgres
if [ ! -e $PGDATA/PG_VERSION ]; then
  initdb --auth-host=scram-sha-256 --auth-local=trust --username=postgres --pwfile=<(echo "$POSTGRES_PASSWORD") >/dev/null
  echo "host all all all scram-sha-256" >>$PGDATA/pg_hba.conf
  pg_ctl -w -o "-c listen_addresses=" start >/dev/null
  createdb -U postgres "$POSTGRES_DB"
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sql) psql -q -v ON_ERROR_STOP=1 -U postgres -d "$POSTGRES_DB" -f "$script" ;;
      *.sh) "$script" ;;
    esac
  done
  pg_ctl -w -m fast stop >/dev/null
fi
exec postgres -c listen_addresses='*'
ENTRY
  printf '%s\n' "FROM $base" "RUN apt-get update && apt-get install -y --no-install-recommends postgresql" \
    "ENV PATH=/usr/lib/postgresql/15/bin:/usr/bin:/bin" "COPY --chmod=755 entry /entry" \
    "RUN mkdir -p /var/lib/postgresql/data && chown postgres /var/lib/postgresql/data" \
    "USER postgres" "VOLUME /var/lib/postgresql/data" 'ENTRYPOINT ["/entry"]' >"$scratch/Dockerfile"
  $engine build --quiet --tag $postgres "$scratch" >/dev/null
}

make_redis() {
  say "$redis cannot be had: making a stand-in from Debian's packages"
  printf '%s\n' "FROM $base" "RUN apt-get update && apt-get install -y --no-install-recommends redis-server redis-tools" \
    "WORKDIR /data" >"$scratch/Dockerfile"
  $engine build --quiet --tag $redis "$scratch" >/dev/null
}

have $base || make_base
have $postgres || make_postgres
have $redis || make_redis

say "building the image"
started=$SECONDS
# BUILD_OPTIONS: a compiler cache of this machine, say: --volume "$HOME/.cache/ccache:/root/.cache/ccache".
# shellcheck disable=SC2086
$engine build ${BUILD_OPTIONS-} --tag insights . >"$scratch/build.log" 2>&1 || { tail -40 "$scratch/build.log" >&2; fail "the image could not be built"; }
ok "image built in $((SECONDS - started)) s, $($engine image inspect --format '{{.Size}}' insights | awk '{printf "%.0f MB", $1 / 1e6}')"

closed=(--rm --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges)
example=/usr/share/insights/examples/primary_sales
[[ $($engine run "${closed[@]}" --entrypoint id insights -u) == 10001 ]] || fail "it does not run as the user 10001"
ok "runs as the user 10001"
$engine run "${closed[@]}" --network none insights explore $example/primary_sales.csv --metadata $example/metadata --quiet >"$scratch/report.txt"
grep -q 'stopped ordering' "$scratch/report.txt" || fail "the example's report: $(cat "$scratch/report.txt")"
ok "explores the example with a read-only root, no capability, no network"
if $engine run "${closed[@]}" --entrypoint sh insights -c 'touch /usr/x' 2>/dev/null; then fail "the root could be written"; fi
ok "the root is read-only"

say "starting compose.yaml"
"${compose[@]}" up --detach >"$scratch/up.log" 2>&1 || { tail -30 "$scratch/up.log" >&2; fail "compose up"; }
url=http://127.0.0.1:8000
for ((i = 0; i < 120; ++i)); do curl --fail --silent $url/health/ready >"$scratch/ready" 2>/dev/null && break; sleep 1; done
curl --fail --silent $url/health/ready >/dev/null || { "${compose[@]}" logs >&2; fail "not ready after 120 s"; }
ok "compose: ready"
key=$("${compose[@]}" exec -T insights insights keys create check --scopes read,run 2>/dev/null | grep -oE '^insights_[0-9a-f]{64}' || true)
[[ -n $key ]] || fail "no key was made"
explore() { curl --fail-with-body --silent $url/api/v1/explore -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d '{}'; }
explore >"$scratch/answer.json" || fail "POST /api/v1/explore: $(head -c 2000 "$scratch/answer.json")"
for subject in 'GHI Service Center' BATCH009 'MNO Wholesale'; do
  grep -q "$subject" "$scratch/answer.json" || fail "'$subject' is not in the answer: $(head -c 2000 "$scratch/answer.json")"
done
ok "POST /api/v1/explore over PostgreSQL gives the example's insights"
$engine exec "$($engine ps --quiet --filter name=insights-check.insights)" \
  curl --fail --silent --output /dev/null http://127.0.0.1:8000/health/live || fail "the health check"
ok "the health check's command passes inside the container"
"${compose[@]}" restart insights >/dev/null 2>&1 || true
for ((i = 0; i < 60; ++i)); do curl --fail --silent $url/health/ready >/dev/null 2>&1 && break; sleep 1; done
curl --fail --silent "$url/api/v1/findings" -H "Authorization: Bearer $key" | grep -q 'GHI Service Center' || fail "findings were lost by a restart"
ok "findings and keys outlive a restart"
"${compose[@]}" stop redis >/dev/null 2>&1
explore | grep -q 'GHI Service Center' || fail "without Redis it does not explore"
ok "Redis stopped: explorations go on"
say "all passed"
