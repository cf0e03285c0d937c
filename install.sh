#!/bin/sh
# Installs Mainstay.
#
#   ./install.sh --demo      a demo company for the current user, served at once; nothing outside its folder
#   ./install.sh             the service, for the whole machine (as root)
#   ./install.sh --uninstall takes the service away and keeps configuration and data
#
# Options for both:
#   --listen ADDRESS:PORT    address and port of the console (127.0.0.1:8480; the demo 127.0.0.1:8470)
#   --binary FILE            install this binary and build nothing
#   --dry-run                say what would be done and do nothing
#   --help                   this text
# Options for the service:
#   --postgres URL           keep the data in Postgres: postgres://USER:PASSWORD@HOST/NAME
#   --uninstall [--purge]    with --purge also remove configuration, data and the user
# Options for the demo:
#   --members N              how many members (5000)
#   --foreground             serve in this terminal instead of the background
#   --stop                   stop serving
#   --uninstall              stop serving and remove the demo's folder
#
# The demo lives in ~/.local/share/mainstay-demo, or in $MAINSTAY_DEMO_DIR.
# $MAINSTAY_INSTALL_ROOT puts the service's files below another root, for packagers.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=packaging/prerequisites.sh
. "$here/packaging/prerequisites.sh"

mode=service
action=install
listen=
postgres=
members=5000
binary=
purge=no
foreground=no
DRY_RUN=no
while [ $# -gt 0 ]; do
    case $1 in
        --demo) mode=demo ;;
        --uninstall) action=uninstall ;;
        --stop) action=stop ;;
        --purge) purge=yes ;;
        --foreground) foreground=yes ;;
        --dry-run) DRY_RUN=yes ;;
        --listen | --postgres | --members | --binary)
            [ $# -ge 2 ] || fail "$1 needs a value; see ./install.sh --help"
            case $1 in
                --listen) listen=$2 ;;
                --postgres) postgres=$2 ;;
                --members) members=$2 ;;
                --binary) binary=$2 ;;
            esac
            shift
            ;;
        -h | --help)
            sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        *) fail "there is no option $1; see ./install.sh --help" ;;
    esac
    shift
done
case $postgres in '' | postgres://* | postgresql://*) ;; *) fail "--postgres needs an address like postgres://USER:PASSWORD@HOST/NAME" ;; esac
case $listen$postgres in *[[:cntrl:]]*) fail "--listen and --postgres are one line each" ;; esac
case $members in '' | *[!0-9]*) fail "--members needs a number" ;; esac
[ "$purge" = no ] || [ "$action" = uninstall ] || fail "--purge goes with --uninstall"
[ "$action" != stop ] || [ "$mode" = demo ] || fail "--stop goes with --demo; stop the service by: systemctl stop mainstay"

# Runs a command, or only says so on a dry run.
run() {
    if [ "$DRY_RUN" = yes ]; then say "would run: $*"; else "$@"; fi
}

# Finds or builds the binary; its path is in $binary afterwards.
make_binary() {
    if [ -n "$binary" ]; then
        [ -x "$binary" ] || fail "--binary $binary: there is no such program"
    elif [ -x "$here/mainstay" ]; then
        binary=$here/mainstay
    else
        need_compiler
        need_toolchain
        say "Building Mainstay; the first time takes some minutes"
        run cargo build --release --locked --manifest-path "$here/Cargo.toml" \
            --config "$here/.cargo/config.toml"
        binary=${CARGO_TARGET_DIR:-$here/target}/release/mainstay
    fi
}

# ---------------------------------------------------------------- the service

root=${MAINSTAY_INSTALL_ROOT:-}
share=$root/usr/share/mainstay
manifest=$share/manifest
config=$root/etc/mainstay/config.toml

checksum() { sha256sum "$1" | cut -d' ' -f1; }

# The checksum that FILE had when it was installed, if it was.
installed_checksum() {
    [ ! -f "$manifest" ] || sed -n "s|^\([0-9a-f]*\)  $1\$|\1|p" "$manifest" | tail -n 1
}

# record FILE: a line of the new manifest.
record() {
    [ "$DRY_RUN" = yes ] || printf '%s  %s\n' "$(checksum "$root$1")" "$1" >>"$manifest.new"
}

# place MODE SOURCE FILE: puts a file there by a rename, so that no reader sees half of it.
place() {
    if [ "$DRY_RUN" = yes ]; then
        say "would write: $3"
        return 0
    fi
    mkdir -p "$(dirname "$root$3")"
    install -m "$1" "$2" "$root$3.installing"
    mv -f "$root$3.installing" "$root$3"
    record "$3"
}

# The configuration as this installation starts with it.
first_config() {
    cat "$here/packaging/config.toml"
    [ -z "$listen" ] || printf '\nlisten = "%s"\n' "$(in_quotes "$listen")"
    [ -z "$postgres" ] || printf '\ndatabase = "%s"\n' "$(in_quotes "$postgres")"
}

# A value as it stands between the quotes of the configuration.
in_quotes() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

# Writes the configuration; one that was changed by hand stays, and the new one goes beside it.
place_config() {
    if [ "$DRY_RUN" = yes ]; then
        say "would write: /etc/mainstay/config.toml (or config.toml.new, if it was changed)"
        return 0
    fi
    mkdir -p "$(dirname "$config")"
    wanted=$(mktemp "$config.XXXXXX")
    first_config >"$wanted"
    before=$(installed_checksum /etc/mainstay/config.toml)
    if [ -f "$config" ] && [ "$(checksum "$config")" != "$before" ] && ! cmp -s "$wanted" "$config"; then
        own_config "$wanted"
        mv -f "$wanted" "$config.new"
        say "$config was changed by hand and stays as it is; the new one is $config.new"
        printf '%s  %s\n' "${before:-0}" /etc/mainstay/config.toml >>"$manifest.new"
        return 0
    fi
    # Installing again without --listen or --postgres must not undo what was said the first time.
    if [ -f "$config" ] && [ -z "$listen$postgres" ]; then
        rm -f "$wanted"
    else
        own_config "$wanted"
        mv -f "$wanted" "$config"
    fi
    record /etc/mainstay/config.toml
}

own_config() {
    chmod 0640 "$1"
    if [ -z "$root" ]; then chown root:mainstay "$1"; fi
}

make_user() {
    [ -z "$root" ] || return 0
    if have systemd-sysusers; then
        run systemd-sysusers mainstay.conf
    elif ! id mainstay >/dev/null 2>&1; then
        run groupadd --system mainstay
        run useradd --system --gid mainstay --home-dir /var/lib/mainstay --shell /usr/sbin/nologin mainstay
    fi
}

make_folders() {
    if [ -n "$root" ]; then
        run mkdir -p "$root/etc/mainstay" "$root/var/lib/mainstay" "$root/var/backups/mainstay"
        return 0
    fi
    run install -d -m 0750 -o root -g mainstay /etc/mainstay
    run install -d -m 0700 -o mainstay -g mainstay /var/lib/mainstay /var/backups/mainstay
}

place_files() {
    if [ "$DRY_RUN" = no ]; then
        mkdir -p "$share"
        : >"$manifest.new"
    fi
    place 0755 "$binary" /usr/bin/mainstay
    place 0644 "$here/packaging/systemd/mainstay.service" /usr/lib/systemd/system/mainstay.service
    place 0644 "$here/packaging/systemd/mainstay.sysusers" /usr/lib/sysusers.d/mainstay.conf
    place 0644 "$here/packaging/systemd/mainstay.tmpfiles" /usr/lib/tmpfiles.d/mainstay.conf
    for sample in "$here"/packaging/proxy/*; do
        place 0644 "$sample" "/usr/share/doc/mainstay/proxy/$(basename "$sample")"
    done
    place 0644 "$here/packaging/config.toml" /usr/share/doc/mainstay/config.toml
    if [ "$DRY_RUN" = yes ]; then
        say "would write: manual pages and completions"
        return 0
    fi
    made=$(mktemp -d)
    "$binary" man "$made"
    for page in "$made"/*.1; do
        gzip -9n "$page"
        place 0644 "$page.gz" "/usr/share/man/man1/$(basename "$page").gz"
    done
    "$binary" completions bash >"$made/bash"
    "$binary" completions zsh >"$made/zsh"
    "$binary" completions fish >"$made/fish"
    place 0644 "$made/bash" /usr/share/bash-completion/completions/mainstay
    place 0644 "$made/zsh" /usr/share/zsh/vendor-completions/_mainstay
    place 0644 "$made/fish" /usr/share/fish/vendor_completions.d/mainstay.fish
    rm -rf "$made"
}

systemd_runs() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

install_service() {
    [ -n "$root" ] || [ "$(id -u)" -eq 0 ] || [ "$DRY_RUN" = yes ] ||
        fail "the service is installed by root: sudo ./install.sh (a trial without root: ./install.sh --demo)"
    make_binary
    place_files
    make_user
    make_folders
    place_config
    if [ "$DRY_RUN" = no ]; then
        remove_left_over_files
        mv -f "$manifest.new" "$manifest"
    fi
    if systemd_runs; then
        run systemctl daemon-reload
        run systemctl enable --quiet mainstay
        say "Starting"
        run systemctl restart mainstay || fail "Mainstay did not start; see why by: journalctl -u mainstay -n 20"
        [ "$DRY_RUN" = yes ] || show_first_run
    elif [ -z "$root" ]; then
        say "Mainstay is installed. No systemd runs here; start it by:"
        say "  setpriv --reuid=mainstay --regid=mainstay --clear-groups mainstay serve"
    fi
    say "See its settings by: mainstay config show --origin. Take it away by: ./install.sh --uninstall"
}

# Files of an older version that this one doesn't have.
remove_left_over_files() {
    [ -f "$manifest" ] || return 0
    while read -r _ file; do
        grep -qF "  $file" "$manifest.new" || rm -f "$root$file"
    done <"$manifest"
}

show_first_run() {
    say "Mainstay serves $(mainstay config show | sed -n 's/^public_url = "\(.*\)"/\1/p')"
    link=$(journalctl -u mainstay -o cat --since -2min --no-pager 2>/dev/null | grep -o 'https\{0,1\}://[^ ]*/set-up[^ ]*' | tail -n 1)
    if [ -n "$link" ]; then
        say "Set it up in the browser within 30 minutes: $link"
    fi
}

uninstall_service() {
    [ -n "$root" ] || [ "$(id -u)" -eq 0 ] || [ "$DRY_RUN" = yes ] || fail "this needs root: sudo ./install.sh --uninstall"
    if [ -f "$manifest" ]; then
        if systemd_runs; then run systemctl disable --now --quiet mainstay || true; fi
        while read -r _ file; do
            case $file in /etc/*) ;; *) run rm -f "$root$file" ;; esac
        done <"$manifest"
        run rm -rf "$share"
        run rm -rf "$root/usr/share/doc/mainstay"
        if systemd_runs; then run systemctl daemon-reload; fi
        say "Mainstay is gone."
    else
        say "Mainstay is not installed here."
    fi
    if [ "$purge" = no ]; then
        say "Configuration and data stay: $root/etc/mainstay, $root/var/lib/mainstay, $root/var/backups/mainstay (--purge removes them)."
        return 0
    fi
    run rm -rf "$root/etc/mainstay" "$root/var/lib/mainstay" "$root/var/backups/mainstay"
    if [ -z "$root" ] && id mainstay >/dev/null 2>&1; then run userdel mainstay; fi
    say "Configuration, data, backups and user are gone."
}

# ------------------------------------------------------------------- the demo

demo=${MAINSTAY_DEMO_DIR:-${XDG_DATA_HOME:-${HOME:-}/.local/share}/mainstay-demo}

# The id of the demo's server, if it runs.
demo_server() {
    [ -f "$demo/mainstay.pid" ] || return 1
    server=$(cat "$demo/mainstay.pid")
    # Another process may have the number by now.
    [ -n "$server" ] && kill -0 "$server" 2>/dev/null && tr '\0' ' ' <"/proc/$server/cmdline" | grep -qF "$demo/config.toml"
}

stop_demo() {
    if demo_server; then
        run kill "$server"
        tries=0
        while [ "$DRY_RUN" = no ] && kill -0 "$server" 2>/dev/null && [ $tries -lt 100 ]; do
            sleep 0.1
            tries=$((tries + 1))
        done
        say "The demo's server is stopped."
    fi
    run rm -f "$demo/mainstay.pid"
}

# Whether the folder holds a demo: the configuration of a real company is never touched.
is_a_demo() { [ -f "$demo/config.toml" ] && head -n 1 "$demo/config.toml" | grep -q '^# A demo company'; }

# Removes the folder, but only one that a demo was made in.
remove_demo() {
    stop_demo
    if is_a_demo; then
        run rm -rf "$demo"
        say "$demo is gone."
    fi
}

install_demo() {
    make_binary
    if demo_server; then
        say "The demo is served already."
        describe_demo
        return 0
    fi
    if [ ! -f "$demo/made" ]; then
        say "Making a company of $members members in $demo"
        set -- demo --members "$members" --dir "$demo"
        # One that was cut off is made again.
        if is_a_demo; then set -- "$@" --force; fi
        # The sign-in that it prints comes again at the end.
        if [ "$DRY_RUN" = yes ]; then say "would run: $binary $*"; else "$binary" "$@" >/dev/null; fi
    fi
    if [ "$DRY_RUN" = yes ]; then
        say "would run: $binary serve --config $demo/config.toml${listen:+ --listen $listen}"
    elif [ "$foreground" = yes ]; then
        rm -f "$demo/serve.log"
        describe_demo "${listen:+http://$listen}"
        # shellcheck disable=SC2086 # nothing, or two words
        exec "$binary" serve --config "$demo/config.toml" ${listen:+--listen $listen}
    else
        serve_in_background
        describe_demo
        say "Stop it:        ./install.sh --demo --stop     (start it again: ./install.sh --demo)"
        say "Remove it:      ./install.sh --demo --uninstall"
    fi
}

# Serves on the address of the configuration; where that is taken and none was named, on the next free one.
serve_in_background() {
    port=8470
    until start_server; do
        if [ -n "$listen" ] && [ "$port" = 8470 ] || ! grep -q 'cannot listen' "$demo/serve.log" || [ "$port" -ge 8489 ]; then
            tail -n 3 "$demo/serve.log" >&2
            fail "the demo's server did not start; the reason is in $demo/serve.log"
        fi
        port=$((port + 1))
        listen=127.0.0.1:$port
    done
}

# Starts the server and waits until it says that it is ready.
start_server() {
    # shellcheck disable=SC2086 # nothing, or two words
    nohup "$binary" serve --config "$demo/config.toml" ${listen:+--listen $listen} >"$demo/serve.log" 2>&1 </dev/null &
    server=$!
    printf '%s\n' "$server" >"$demo/mainstay.pid"
    tries=0
    until grep -q 'serving http' "$demo/serve.log"; do
        if ! kill -0 "$server" 2>/dev/null || [ $tries -ge 300 ]; then
            kill "$server" 2>/dev/null || true
            rm -f "$demo/mainstay.pid"
            return 1
        fi
        sleep 0.1
        tries=$((tries + 1))
    done
}

# Where the console is: as the running server said, or as the configuration says.
address() {
    said=$(sed -n 's/.*serving \(http[^ ]*\).*/\1/p' "$demo/serve.log" 2>/dev/null | tail -n 1)
    if [ -n "$said" ]; then
        printf '%s' "$said"
    else
        "$binary" config show --config "$demo/config.toml" | sed -n 's/^public_url = "\(.*\)"$/\1/p'
    fi
}

describe_demo() {
    say ""
    say "Console:        ${1:-$(address)}"
    [ ! -f "$demo/sign-in.txt" ] || cat "$demo/sign-in.txt"
    [ ! -d "$demo/statements" ] || say "Statements:     $demo/statements (PDF files)"
    say "Mails:          $demo/mail (a Maildir)"
    say "Configuration:  $demo/config.toml"
}

case $mode-$action in
    service-install) install_service ;;
    service-uninstall) uninstall_service ;;
    demo-install) install_demo ;;
    demo-stop) stop_demo ;;
    demo-uninstall) remove_demo ;;
esac
