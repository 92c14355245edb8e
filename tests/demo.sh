#!/bin/sh
# Shows dnshook at work: installs what is missing (Debian, Ubuntu), builds, and in private namespaces
# lets acmetool obtain a certificate from Pebble through dnshook and BIND. As root or with sudo.
set -eu
cd "$(dirname "$0")/.."
top=$(pwd)
build=$top/build-demo

if [ "$(id -u)" -ne 0 ]; then
    exec sudo sh "$top/tests/demo.sh"
fi
umask 022
sh tests/packages.sh build lab

# A copy of the sources, so that a tree that is configured in place stays as it is.
say()
{
    printf '\n== %s\n' "$*"
}

quietly()
{
    if ! "$@" >"$build/log" 2>&1; then
        tail -n 30 "$build/log" >&2
        echo "demo.sh: failed: $* (see $build/log)" >&2
        exit 1
    fi
}

say "Building dnshook in $build"
sh tests/copy-sources.sh "$build/src"
quietly sh "$build/src/autogen.sh"
mkdir -p "$build/obj"
cd "$build/obj"
quietly env CONFIG_SHELL=/bin/sh "$build/src/configure" --quiet
quietly make -s -j "$(nproc)" all
quietly make -s tests/stage.stamp

say "Starting the lab"
PREFIX=/usr/local BINDIR=/usr/local/bin LIBDIR=/usr/local/lib \
    PROVIDERDIR=/usr/local/lib/dnshook TOP_SRCDIR=$build/src TOP_BUILDDIR=$build/obj \
    PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$build/src/tests/demo.py"
