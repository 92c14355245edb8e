#!/bin/sh
# Copies the sources, without what autogen.sh, configure and make have made: copy-sources.sh TARGET
set -eu
target=$1
cd "$(dirname "$0")/.."
rm -rf "$target"
mkdir -p "$target"
tar -cf - \
    --exclude='*.o' --exclude='*.lo' --exclude='*.la' --exclude='*.a' --exclude='.libs' \
    --exclude='.deps' --exclude='.dirstamp' --exclude='*.log' --exclude='*.trs' \
    --exclude='__pycache__' --exclude='core/dnshook' --exclude='core/new_provider_files.c' --exclude='tests/stage' \
    --exclude='tests/stage.stamp' --exclude='docs/clients/dns_dnshook.sh' \
    autogen.sh configure.ac Makefile.am dnshook.pc.in run.in LICENSE NEWS README.md .clang-format \
    core providers include tests docs | tar -xf - -C "$target"
mkdir -p "$target/m4"
