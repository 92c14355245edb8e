#!/bin/sh
# A script of acme.sh as a program for dnshook-exec(7), run as: PROGRAM add|remove NAME VALUE ZONE
# DNSAPI: which one, as dns_cf. Its settings and secrets are in account.conf, where acme.sh
# saves them, or in variables that are passed on.
LE_WORKING_DIR=${LE_WORKING_DIR:-/etc/dnshook/acme.sh}
HOME=$LE_WORKING_DIR
api=${DNSAPI:?} name=$2 value=$3

case $1 in
add) call=${api}_add ;;
remove) call=${api}_rm ;;
*) exit 64 ;;
esac

# One at a time: acme.sh keeps its files in one place.
exec 9<"$LE_WORKING_DIR/acme.sh" && flock 9 || exit 78

# shellcheck disable=SC1090,SC1091
{
    set -- _initpath # acme.sh calls the function that its first argument names
    . "$LE_WORKING_DIR/acme.sh"
    . "$LE_WORKING_DIR/dnsapi/$api.sh"
}
command -v "$call" >/dev/null || exit 78
"$call" "$name" "$value" || exit 1
