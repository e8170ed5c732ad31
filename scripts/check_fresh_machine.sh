#!/usr/bin/env bash
# Does what the README says on a machine that has nothing: a minimal Debian 12 made by debootstrap in a temporary folder.
#
#   scripts/check_fresh_machine.sh                 make demo, then make test
#   scripts/check_fresh_machine.sh COMMAND...      each COMMAND (a line of shell) in turn, e.g. 'scripts/setup.sh'
#   scripts/check_fresh_machine.sh --with FILE COMMAND...    with FILE in its /tmp: a Debian package to be tried, say
#
# It clones what is committed. As root; needs the package debootstrap. The new machine uses the Debian mirror, the npm
# registry, the proxies and the additional certificates that this machine uses.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
suite=bookworm

fail() {
  echo "check_fresh_machine: $*" >&2
  exit 1
}

((EUID == 0)) || fail "must be run as root"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"
# In mount and process namespaces of its own: when it ends, in whatever way, nothing stays mounted or running.
if [[ -z ${FRESH_MACHINE-} ]]; then
  FRESH_MACHINE=$(mktemp -d)
  export FRESH_MACHINE
  trap 'rm -rf "$FRESH_MACHINE"' EXIT
  unshare --mount --pid --fork --kill-child "${BASH_SOURCE[0]}" "$@"
  exit
fi
with=
if [[ ${1-} == --with ]]; then
  with=${2:?--with needs a file}
  shift 2
fi
(($#)) || set -- "make demo" "make test"
[[ -z $(git status --porcelain) ]] || echo "check_fresh_machine: note: uncommitted changes are not in it" >&2

root=$FRESH_MACHINE/root
debian_sources=$(apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) $(RELEASE) $(COMPONENT)' \
  'Created-By: Packages' 'Origin: Debian' | awk -v suite="$suite" '$3 ~ "^" suite {print $1, $2, $4, $5}' | sort -u)
mirror=$(awk -v suite="$suite" '$3 == suite {print $2; exit}' <<<"$debian_sources")
echo "check_fresh_machine: making Debian $suite ..." >&2
debootstrap --variant=minbase "$suite" "$root" ${mirror:+"$mirror"} >"$FRESH_MACHINE/debootstrap.log" 2>&1 ||
  { tail -20 "$FRESH_MACHINE/debootstrap.log" >&2; fail "debootstrap failed"; }
[[ -z $debian_sources ]] || echo "$debian_sources" >"$root/etc/apt/sources.list"
apt-config dump | grep -E '^Acquire::(https?::Proxy|Retries)' >"$root/etc/apt/apt.conf.d/90host" || true
mkdir -p "$root/usr/local/share/ca-certificates"
cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
cp /etc/resolv.conf /etc/hosts "$root/etc/"
mount -t proc proc "$root/proc"

environment=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive)
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY NODE_EXTRA_CA_CERTS; do
  [[ -z ${!name-} ]] || environment+=("$name=${!name}")
done
for key in registry cafile proxy https-proxy; do
  value=$(command -v npm >/dev/null && cd / && npm config get "$key" 2>/dev/null || true)
  [[ -z $value || $value == null || $value == undefined ]] || environment+=("npm_config_${key//-/_}=$value")
done
inside() { env -i "${environment[@]}" chroot "$root" bash -c "cd /insights 2>/dev/null; $1" </dev/null; }

# All that the README asks for before its first command.
inside "apt-get -qq update && apt-get -qq install --yes --no-install-recommends git make ca-certificates" \
  >"$FRESH_MACHINE/apt.log" 2>&1 || { tail -20 "$FRESH_MACHINE/apt.log" >&2; fail "git and make could not be installed"; }
git clone --quiet --no-hardlinks "file://$PWD" "$root/insights"
[[ -z $with ]] || cp "$with" "$root/tmp/"

for command in "$@"; do
  echo "check_fresh_machine: \$ $command" >&2
  started=$SECONDS
  inside "$command" || fail "'$command' failed after $((SECONDS - started)) s"
  echo "check_fresh_machine: '$command' took $((SECONDS - started)) s" >&2
done
