#!/bin/sh
# Installs a Debian package of this program on a machine that has nothing of it, and tries what it brings. As root:
#   make package && scripts/check_fresh_machine.sh --with build/package/insights_0.1.0_amd64.deb packaging/debian/check_installed.sh
set -eu
cd /
example=/usr/share/insights/examples/primary_sales
as_insights="setpriv --reuid=insights --regid=insights --clear-groups --no-new-privs --bounding-set=-all env -C /var/lib/insights"
fail() { echo "FAILED: $*" >&2; exit 1; }
ok() { echo "ok  $*"; }

apt-get -qq install --yes --no-install-recommends /tmp/insights_*.deb curl >/tmp/install.log 2>&1 || { cat /tmp/install.log; fail "install"; }
ok "installed: $(insights --version)"
[ "$(stat -c '%U %a' /var/lib/insights)" = "insights 750" ] || fail "/var/lib/insights: $(stat -c '%U %a' /var/lib/insights)"
[ "$(stat -c '%U %a' /etc/insights/environment)" = "root 600" ] || fail "/etc/insights/environment can be read"
insights explore $example/primary_sales.csv --metadata $example/metadata --quiet | grep -q 'stopped ordering' || fail "explore"
ok "explores the example"

# As the unit runs it: its user, its settings, its state directory, no privilege.
export INSIGHTS_STORE=/var/lib/insights/insights.db
key=$($as_insights insights keys create check --scopes read,run | grep -o 'insights_[A-Za-z0-9_-]*' | head -1)
$as_insights insights serve --config /etc/insights/insights.toml $example/primary_sales.csv --metadata $example/metadata 2>/tmp/serve.log &
server=$!
for i in 1 2 3 4 5 6 7 8 9 10; do curl -fs http://127.0.0.1:8000/health/ready >/dev/null && break; sleep 1; done
curl -fs http://127.0.0.1:8000/api/v1/explore -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d '{}' |
  grep -q 'stopped ordering' || { cat /tmp/serve.log; fail "the server's exploration"; }
ok "serves, as the user insights"
kill -TERM $server
wait $server || fail "the server ended with $?"
ok "ends by SIGTERM"
[ "$(stat -c '%U' /var/lib/insights/insights.db)" = insights ] || fail "the store belongs to $(stat -c '%U' /var/lib/insights/insights.db)"

echo '# mine' >>/etc/insights/insights.toml
apt-get -qq remove --yes insights >/dev/null 2>&1
[ -e /var/lib/insights/insights.db ] && grep -q '# mine' /etc/insights/insights.toml || fail "removing took the state or the settings"
ok "removed: state and settings stay"
apt-get -qq install --yes --no-install-recommends /tmp/insights_*.deb >/dev/null 2>&1
grep -q '# mine' /etc/insights/insights.toml || fail "installing again overwrote the settings"
ok "installed again: the settings are the user's"
apt-get -qq purge --yes insights >/dev/null 2>&1
[ ! -e /var/lib/insights ] && [ ! -e /etc/insights ] || fail "purging left something"
ok "purged"
