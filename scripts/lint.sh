#!/usr/bin/env bash
# Checks the layout (clang-format) and the code (clang-tidy); --fix lays the code out instead, --layout checks that alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh --lint
mapfile -d '' files < <(git ls-files -z --cached --others --exclude-standard -- '*.h' '*.cpp')
existing=()
for file in "${files[@]}"; do [[ ! -e $file ]] || existing+=("$file"); done

if [[ ${1-} == --fix ]]; then
  clang-format-19 -i "${existing[@]}"
  exit
fi
clang-format-19 --dry-run -Werror "${existing[@]}" || {
  echo "lint: the layout differs; 'make format' puts it right" >&2
  exit 1
}
[[ ${1-} != --layout ]] || exit 0
cmake --preset tidy --log-level=WARNING
scripts/tidy.py build/tidy
