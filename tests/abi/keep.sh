#!/bin/sh
# Keeps the interface of today under its number, for tests/e2e/test_abi.py: the header, and providers
# compiled against it, with the sources of those that have no other. Run when a number is new, and
# never again: what has been released does not change.
#
#     sh tests/abi/keep.sh BUILD
set -eu
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
header=include/dnshook/provider.h
number=$(sed -n 's/^#define DNSHOOK_ABI \([0-9]*\)U$/\1/p' "$header")
kept=tests/abi/$number
machine=$(uname -m)
largest=409600 # bytes, of all compiled providers together
umask 022

if [ -e "$kept" ]; then
    echo "keep.sh: $kept is there already; remove it if number $number was never released" >&2
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

mkdir -p "$kept/$machine" "$work/dnshook"
cp "$header" "$kept/provider.h"
cp "$header" "$work/dnshook/provider.h"

python3 -c 'import sys; sys.path.insert(0, "tests"); import manual_example
print(manual_example.example_of_source(), end="")' >"$kept/example.c"
"$build/core/dnshook" new-provider acme "$work/acme" >"$work/log"
cp "$work/acme/acme.c" "$work/acme/service.c" "$work/acme/service.h" "$kept"

# compiled NAME SOURCE...: a provider from the sources that are kept.
compiled()
{
    name=$1
    shift
    (cd "$kept" && cc -std=c11 -O2 -Wall -Wextra -Werror -fPIC -shared -fvisibility=hidden \
        -Wl,-z,defs -DPACKAGE_VERSION='"0.1.0"' -I "$work" -o "$work/$name.so" "$@")
}
compiled example example.c
compiled acme acme.c service.c
for file in "$build"/providers/.libs/[a-z0-9]*.so; do
    cp "$file" "$work/"
done

for file in "$work"/*.so; do
    strip "$file"
    gzip -9n <"$file" >"$kept/$machine/${file##*/}.gz"
done
ls -l "$kept/$machine"
size=$(cat "$kept/$machine"/*.gz | wc -c)
echo "number $number, $machine: $size bytes"
[ "$size" -le "$largest" ]
