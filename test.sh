#!/usr/bin/env bash
# Installs what the tests need, where it is missing, then runs everything.
#
#   ./test.sh                    everything
#   ./test.sh --quick            installs nothing, skips the documentation
#   ./test.sh --without-browser  for a machine that can't have Chromium
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=packaging/prerequisites.sh
. packaging/prerequisites.sh

quick=no
browser=yes
for argument in "$@"; do
    case $argument in
        --quick) quick=yes ;;
        --without-browser) browser=no ;;
        -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) fail "there is no option $argument; see ./test.sh --help" ;;
    esac
done

step() { printf '\n== %s (%d s)\n' "$1" "$SECONDS"; }

# The folder of the Postgres server's programs, wherever the system keeps them.
postgres_programs() {
    local folder
    for folder in "$(pg_config --bindir 2>/dev/null)" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
        /usr/local/pgsql/bin /usr/local/bin /usr/bin; do
        if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ -x "$folder/createdb" ]; then
            printf '%s' "$folder"
            return
        fi
    done
}

chromium_is_there() {
    have chromedriver && { have chromium || have chromium-browser || have google-chrome; }
}

install_what_is_missing() {
    need_compiler
    need_toolchain
    local wanted
    wanted=$(missing pdftotext=poppler-utils qpdf=qpdf shellcheck=shellcheck xz=xz-utils setpriv=util-linux unzip=unzip)
    if [ -z "$(postgres_programs)" ]; then wanted+="postgresql "; fi
    if ! fc-list 2>/dev/null | grep -qi 'noto.*cjk'; then wanted+="fontconfig fonts-noto-cjk "; fi
    # shellcheck disable=SC2086 # a list of words
    install_packages $wanted
    if [ "$browser" = yes ] && ! chromium_is_there; then
        install_packages chromium chromium-driver || install_packages chromium-browser chromium-chromedriver || true
        chromium_is_there || fail "Chromium and its driver can't be installed here; ./test.sh --without-browser goes on without"
    fi
}

# axe-core checks pages for accessibility; without npm those checks say that they were skipped.
fetch_axe() {
    local folder=target/axe
    if [ ! -f $folder/package/axe.min.js ] && have npm; then
        mkdir -p $folder
        if (cd $folder && npm pack --silent axe-core@4 >/dev/null && tar xzf axe-core-*.tgz package/axe.min.js); then
            say "axe-core is in $folder"
        else
            say "axe-core can't be fetched"
        fi
    fi
    if [ -f $folder/package/axe.min.js ]; then export MAINSTAY_TEST_AXE=$PWD/$folder/package/axe.min.js; fi
}

# The throw-away cluster: owned by somebody without rights, reached by a socket in its own folder only.
cluster=
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then
        local user=nobody
        if id postgres >/dev/null 2>&1; then user=postgres; fi
        setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups --reset-env -- "$@"
    else
        "$@"
    fi
}
start_cluster() {
    local programs
    programs=$(postgres_programs)
    [ -n "$programs" ] || fail "there is no Postgres server; install the package postgresql"
    cluster=$(mktemp -d /tmp/mainstay-test.XXXXXX)
    if [ "$(id -u)" -eq 0 ]; then chown "$(as_postgres id -u)" "$cluster"; fi
    cd /
    as_postgres "$programs/initdb" -D "$cluster/data" -U mainstay -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    as_postgres "$programs/pg_ctl" -D "$cluster/data" -l "$cluster/log" -w -s start -o \
        "-c listen_addresses='' -k $cluster -c fsync=off -c max_connections=300 -c shared_buffers=128MB"
    as_postgres "$programs/createdb" -h "$cluster" -U mainstay mainstay
    cd "$OLDPWD"
    export MAINSTAY_TEST_POSTGRES="postgres://mainstay@/mainstay?host=$cluster"
}
stop_cluster() {
    if [ -n "$cluster" ]; then
        as_postgres "$(postgres_programs)/pg_ctl" -D "$cluster/data" -m immediate -s stop 2>/dev/null || true
        rm -rf "$cluster"
    fi
}

if [ "$quick" = no ]; then
    step "What the tests need"
    install_what_is_missing
    fetch_axe
else
    need_toolchain
fi
if [ "$browser" = no ]; then export MAINSTAY_TEST_NO_BROWSER=yes; fi

step "Format"
cargo fmt --check
step "Scripts"
shellcheck -x install.sh test.sh .ci/run packaging/*.sh
step "Clippy"
cargo clippy --all-targets --quiet -- -D warnings
if [ "$quick" = no ]; then
    step "Documentation"
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --quiet
    if cargo deny --version >/dev/null 2>&1; then
        step "Licences and advisories"
        cargo deny --offline check bans licenses sources 2>/dev/null || cargo deny check bans licenses sources
    fi
fi
step "Tests"
trap stop_cluster EXIT
trap 'exit 130' INT TERM
start_cluster
cargo test
step "All is well"
