#!/usr/bin/env bash
# Lints our .proto files with the pinned buf; run by the build (phase validate of this module).
set -euo pipefail
cd "$(dirname "$0")"
command -v npm >/dev/null 2>&1 || { echo "proto: npm is missing (install Node 20 or newer): it brings buf, the linter" >&2; exit 1; }
if ! cmp -s package-lock.json node_modules/.installed-lock; then
  # Not npm ci: it insists on the packages of every platform, even those that were never published. The lock file still pins.
  npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.installed-lock
fi
exec node_modules/.bin/buf lint src/main/protobuf
