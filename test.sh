#!/usr/bin/env bash
# Installs what the tests need, then runs everything.
set -euo pipefail
cd "$(dirname "$0")"
cargo fmt --check
cargo test
