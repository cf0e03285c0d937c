# shellcheck shell=sh
# Installs what building and testing need, and only what is missing. Sourced by install.sh and test.sh.

# The oldest Rust that builds Mainstay; Cargo.toml says the same.
RUST_NEEDED=1.95

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command as root, through sudo where need be; only says so on a dry run.
as_root() {
    if [ "${DRY_RUN:-}" = yes ]; then
        say "would run: $*"
    elif [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        fail "needs root for: $* (run it as root, then start again)"
    fi
}

# install_packages PACKAGE...: by apt, with the lists refreshed once.
install_packages() {
    [ $# -gt 0 ] || return 0
    have apt-get || fail "this system has no apt-get; install by its own means: $*"
    say "Installing: $*"
    if [ -z "${LISTS_ARE_FRESH:-}" ]; then
        as_root apt-get update -qq
        LISTS_ARE_FRESH=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# missing COMMAND=PACKAGE...: prints the packages whose command isn't there.
missing() {
    for pair in "$@"; do
        have "${pair%%=*}" || printf '%s ' "${pair#*=}"
    done
}

# The C compiler and friends, for the libraries that are built in.
need_compiler() {
    wanted=$(missing gcc=gcc make=make pkg-config=pkg-config)
    # Debian's smallest perl lacks the modules that OpenSSL is configured with.
    perl -MFindBin -MIPC::Cmd -MTime::Piece -e 1 2>/dev/null || wanted="$wanted perl"
    # A compiler without the C library's headers compiles nothing.
    [ -e /usr/include/stdio.h ] || wanted="$wanted libc6-dev"
    # shellcheck disable=SC2086 # a list of words
    install_packages $wanted
}

# A Rust toolchain that is new enough, for the current user.
need_toolchain() {
    if ! have cargo && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
        PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
        export PATH
    fi
    if have cargo && have rustc && rust_is_new_enough; then return 0; fi
    if [ "${DRY_RUN:-}" = yes ]; then
        say "would install: Rust $RUST_NEEDED or newer, by rustup, for this user"
        return 0
    fi
    if have rustup; then
        say "Updating Rust"
        rustup toolchain install stable --profile minimal --component clippy,rustfmt
        rustup default stable
    else
        say "Installing Rust by rustup"
        # shellcheck disable=SC2046 # a list of words
        install_packages $(missing curl=curl) ca-certificates
        curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
            sh -s -- -y --no-modify-path --profile minimal --component clippy,rustfmt
    fi
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    export PATH
    rust_is_new_enough || fail "Rust $(rustc --version) is older than $RUST_NEEDED; install a newer one and start again"
}

rust_is_new_enough() {
    found=$(rustc --version 2>/dev/null | cut -d' ' -f2) || return 1
    lower=$(printf '%s\n%s\n' "$RUST_NEEDED" "$found" | sort -V | head -n 1)
    [ "$lower" = "$RUST_NEEDED" ]
}
