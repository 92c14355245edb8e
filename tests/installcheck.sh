#!/bin/sh
# `make installcheck`: what is installed is all that a provider needs. The installed program writes a
# project, which is built by what the installed dnshook.pc says, passes its test, and is installed
# below a directory of its own. Called with BINDIR, LIBDIR, DESTDIR and MAKE in the environment.
set -eu
umask 022
unset MAKEFLAGS MFLAGS MAKELEVEL DNSHOOK_CFLAGS DNSHOOK_LIBS DNSHOOK providerdir
destdir=${DESTDIR-}
unset DESTDIR

if [ -n "$destdir" ]; then
    echo "installcheck: skipped: what is below DESTDIR is not where it looks for itself"
    exit 0
fi
for program in autoreconf libtoolize pkg-config; do
    if ! command -v "$program" >/dev/null; then
        echo "installcheck: skipped: needs $program"
        exit 0
    fi
done

PKG_CONFIG_LIBDIR=$LIBDIR/pkgconfig
export PKG_CONFIG_LIBDIR
unset PKG_CONFIG_PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# same WHAT A B: fails when the two texts differ.
same()
{
    if [ "$2" != "$3" ]; then
        echo "installcheck: $1: '$2' is not '$3'" >&2
        exit 1
    fi
}

version="dnshook $(pkg-config --modversion dnshook)"
abi=$(pkg-config --variable=abi dnshook)
same "what dnshook.pc says" "$version (provider interface $abi)" "$("$BINDIR/dnshook" --version)"
test -e "$(pkg-config --variable=providerdir dnshook)/route53.so"

"$BINDIR/dnshook" new-provider acme "$work/acme"
cd "$work/acme"
./autogen.sh >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
./configure --quiet CFLAGS='-O2 -Wall -Wextra -Werror'
"$MAKE"
"$MAKE" check
"$MAKE" install DESTDIR="$work/installed"
test -e "$work/installed$(pkg-config --variable=providerdir dnshook)/acme.so"
"$MAKE" uninstall DESTDIR="$work/installed"
same "what is left" "$(find "$work/installed" -type f)" ""
echo "installcheck: a project for a provider was written, built, tested and installed"
