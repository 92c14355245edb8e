#!/bin/sh
# Makes ./configure from configure.ac.
set -eu
cd "$(dirname "$0")"
autoreconf --install --force --warnings=all,no-obsolete
# configure removes a core dump called "core": here that is a directory of sources.
sed 's/rm -f core /rm -f /' configure >configure.new
cat configure.new >configure
rm configure.new
