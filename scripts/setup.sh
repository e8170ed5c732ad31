#!/usr/bin/env bash
# Installs everything the build and the tests need, and only what is missing. Debian 12 (or a release like it).
#
#   scripts/setup.sh             what `make build`, `make demo` and `make test` need
#   scripts/setup.sh --lint      the same, and clang-format and clang-tidy
#   scripts/setup.sh --package   what `make package` needs: without the servers that tests start
#
# Debian packages go where apt puts them (as root, or with sudo). DuckDB, Vega, Swagger UI and valijson go to .deps/ in this folder.
# DUCKDB_ROOT=DIR uses the DuckDB in DIR/include and DIR/lib instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=(ca-certificates g++ cmake ninja-build ccache make git pkg-config python3
  libfmt-dev libspdlog-dev libcli11-dev libtomlplusplus-dev nlohmann-json3-dev libboost-dev libsodium-dev
  libpq-dev libpg-query-dev libcurl4-openssl-dev libsqlite3-dev zlib1g-dev doctest-dev libbenchmark-dev
  libcctz-dev tzdata # time zones of schedules
  libhiredis-dev) # a cache in Redis
test_packages=(
  redis-server # the tests start a Redis of their own
  faketime # the tests set the server's clock back
  python3-jsonschema # the tests' language-model server holds every request against the published schemas
  postgresql) # the tests start a server of their own, with its own data; Debian's stays as it is
lint_packages=(clang-format-19 clang-tidy-19)
package_packages=(dpkg-dev file) # CPack asks them which packages the program's libraries are in

# What npm packages hold, by version; the sums below hold the files taken from them.
duckdb_header=duckdb@1.4.4 # the library is newer by intention: the C interface only grows
vega_packages=(vega@6.4.0 vega-lite@6.5.0 vega-embed@7.3.0)
swagger_package=swagger-ui-dist@5.35.0
case "$(uname -m)" in
  x86_64)
    duckdb_library=@duckdb/node-bindings-linux-x64@1.5.6-r.1
    duckdb_library_sum=3f4962cdd266eab2b479a5b5a4a6d063d279b2954ae814ed00385d553b747633
    ;;
  aarch64)
    duckdb_library=@duckdb/node-bindings-linux-arm64@1.5.5-r.5 # 1.5.6 was not published for arm64
    duckdb_library_sum=d00d007f3f7ca1f2896a5e4b89c2ce141bf0508506a9d6d56f9598b8e59d074e
    ;;
  *)
    duckdb_library= # DUCKDB_ROOT is the way
    duckdb_library_sum=
    ;;
esac
duckdb_sums="\
$duckdb_library_sum  duckdb/lib/libduckdb.so
cbe6a827284375c5a646b8f27dbd3a00808ce8738b5bbb49c190cb1e08540281  duckdb/include/duckdb.h
7e17fd31249fa875cb3b1c5e05c6c3e99b75509f6a2804ca176c217834de1dcb  duckdb/LICENSE"
vega_sums="\
8f6a3587cf8d4f42c7e08120e3eb05d067e746d554e39d2dcf52acc0bd5ba28f  vega/vega.min.js
83e215e84e308ee8688fa6503ba0f1cf8a3c05c0d61df2841a0b92bf86809e00  vega/vega-lite.min.js
b1455caba2fb1a72fb46025ba0ba1316e2dbc7f0dd40a3f6040172bf9c08ba91  vega/vega-embed.min.js
63727832aaf62004a2b249c933e327f3c90caf49e41a72f4bf436edf632cbda8  vega/vega.LICENSE
f618900fd0d64046963b29f40590cdd1e341a2f41449f99110d82fd81fea808c  vega/vega-lite.LICENSE
32df67148f0fc3db0eb9e263a7b75d07f1eb14c61955005a4a39c6918d10d137  vega/vega-embed.LICENSE"
swagger_sums="\
e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2  swagger-ui/swagger-ui-bundle.js
5ed08757e53da3e026d6cbecc61fe5d43585c9560b302d534ad56692519a273d  swagger-ui/swagger-ui.css
cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30  swagger-ui/swagger-ui.LICENSE
0d20d1adef18aee3f40dd258172155521ce702ac445cb5f7b7d60ed32dad2fb2  swagger-ui/swagger-ui.NOTICE
37eb6e7e59aed57b2c1acf076574b818ea07b74265717e0bd67b59e0baf9abbb  swagger-ui/swagger-ui-bundle.LICENSE"

main() {
  case "${1-}" in
    "") packages+=("${test_packages[@]}") ;;
    --lint) packages+=("${test_packages[@]}" "${lint_packages[@]}") ;;
    --package) packages+=("${package_packages[@]}") ;;
    *) fail "unknown option $1; usage: scripts/setup.sh [--lint | --package]" ;;
  esac
  command -v dpkg-query >/dev/null || fail "this is not a Debian system" "Install by hand what scripts/setup.sh lists at its top, and set DUCKDB_ROOT."
  mkdir -p .deps
  exec 9<scripts/setup.sh
  flock 9 # two builds started at once must not install over each other
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  install_debian_packages
  install_valijson
  install_duckdb
  install_vega
  install_swagger_ui
}

install_debian_packages() {
  # Debian's npm brings hundreds of packages; any npm on the PATH will do.
  command -v npm >/dev/null || packages+=(npm)
  local missing=() installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null || true)
  for package in "${packages[@]}"; do
    grep -qx "installed $package" <<<"$installed" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  can_be_root || fail "these Debian packages are missing: ${missing[*]}" "Install them as root (apt-get install), or install sudo, then run scripts/setup.sh again."
  say "installing Debian packages: ${missing[*]}"
  refresh_package_lists
  retry as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 \
    install --yes --no-install-recommends "${missing[@]}" ||
    fail "could not install: ${missing[*]}" "The messages above say why. Check the network and the apt sources, then run scripts/setup.sh again."
}

# valijson is headers only, but its Debian package depends on all the JSON libraries it can read, and Qt with them:
# its headers are taken out of the package instead.
install_valijson() {
  [[ ! -e .deps/valijson/include/valijson/validator.hpp && ! -e /usr/include/valijson/validator.hpp ]] || return 0
  say "fetching the headers of libvalijson-dev"
  local download=(apt-get -qq -o APT::Sandbox::User=root download libvalijson-dev)
  (cd "$scratch" && "${download[@]}" 2>/dev/null) || {
    refresh_package_lists
    (cd "$scratch" && retry "${download[@]}") ||
      fail "could not download the Debian package libvalijson-dev" "Check the network and the apt sources, then run scripts/setup.sh again."
  }
  dpkg-deb --extract "$scratch"/libvalijson-dev_*.deb "$scratch/valijson"
  rm -rf .deps/valijson && mkdir -p .deps/valijson
  mv "$scratch/valijson/usr/include" .deps/valijson/include
  mv "$scratch/valijson/usr/share/doc/libvalijson-dev/copyright" .deps/valijson/LICENSE
}

install_duckdb() {
  if [[ -n ${DUCKDB_ROOT-} ]]; then
    for file in include/duckdb.h lib/libduckdb.so; do
      [[ -e $DUCKDB_ROOT/$file ]] || fail "DUCKDB_ROOT is $DUCKDB_ROOT, but $DUCKDB_ROOT/$file does not exist" "Unset DUCKDB_ROOT to fetch DuckDB."
    done
    return 0
  fi
  [[ -n $duckdb_library ]] ||
    fail "no DuckDB library is known for $(uname -m)" "Install DuckDB and set DUCKDB_ROOT to the folder with include/duckdb.h and lib/libduckdb.so."
  ! intact "$duckdb_sums" || return 0
  say "fetching DuckDB ($duckdb_library, header of $duckdb_header)"
  unpack "$duckdb_library" package/libduckdb.so .deps/duckdb/lib/libduckdb.so package/LICENSE .deps/duckdb/LICENSE
  unpack "$duckdb_header" package/src/duckdb/src/include/duckdb.h .deps/duckdb/include/duckdb.h
  verify "$duckdb_sums"
}

install_vega() {
  ! intact "$vega_sums" || return 0
  say "fetching ${vega_packages[*]}"
  local name
  for package in "${vega_packages[@]}"; do
    name=${package%@*}
    unpack "$package" "package/build/$name.min.js" ".deps/vega/$name.min.js" package/LICENSE ".deps/vega/$name.LICENSE"
  done
  verify "$vega_sums"
}

install_swagger_ui() {
  ! intact "$swagger_sums" || return 0
  say "fetching $swagger_package"
  local from=package to=.deps/swagger-ui
  unpack "$swagger_package" $from/swagger-ui-bundle.js $to/swagger-ui-bundle.js $from/swagger-ui.css $to/swagger-ui.css \
    $from/LICENSE $to/swagger-ui.LICENSE $from/NOTICE $to/swagger-ui.NOTICE \
    $from/swagger-ui-bundle.js.LICENSE.txt $to/swagger-ui-bundle.LICENSE
  verify "$swagger_sums"
}

# unpack PACKAGE [FILE TARGET]...: takes files out of an npm package, each written whole or not at all.
unpack() {
  local package=$1 folder
  shift
  folder=$(mktemp -d "$scratch/npm.XXXX")
  retry npm pack --loglevel=error --prefer-offline --pack-destination "$folder" "$package" >"$scratch/npm.out" ||
    fail "npm could not fetch $package" "The messages above say why. Check the network and npm's configuration (npm config list), then run scripts/setup.sh again."
  local archive=("$folder"/*.tgz)
  while (($#)); do
    mkdir -p "$(dirname "$2")"
    tar -xzOf "${archive[0]}" "$1" >"$2.part"
    mv "$2.part" "$2"
    shift 2
  done
}

intact() { (cd .deps && sha256sum --check --status --strict 2>/dev/null <<<"$1"); }

verify() {
  (cd .deps && sha256sum --check --quiet --strict <<<"$1" >&2) ||
    fail "a downloaded file is not the one this project was tested with" "The names are above. Remove .deps and run scripts/setup.sh again; if it stays, do not use the file, and report it."
}

refresh_package_lists() {
  [[ -z ${lists_refreshed-} ]] && can_be_root || return 0
  lists_refreshed=yes
  retry as_root apt-get -qq -o DPkg::Lock::Timeout=600 update || say "apt-get update failed; going on with the package lists at hand"
}

can_be_root() { ((EUID == 0)) || command -v sudo >/dev/null; }

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

retry() {
  local attempt
  for attempt in 1 2 3; do
    "$@" 9>&- && return 0
    ((attempt == 3)) || sleep $((attempt * 3))
  done
  return 1
}

say() { echo "setup: $*" >&2; }

fail() {
  echo "setup: error: $1" >&2
  [[ -z ${2-} ]] || echo "setup: $2" >&2
  exit 1
}

main "$@"
