#!/bin/sh
# nsupdate(1) as a program for dnshook-exec(7), run as: PROGRAM add|remove NAME VALUE ZONE
# NSUPDATE_SERVER and NSUPDATE_KEY: the server, and the file with the TSIG key.
set -eu

server=${NSUPDATE_SERVER:-ns1.example.org}
key=${NSUPDATE_KEY:-/etc/dnshook/acme.key}
name=$2 zone=$4
value=$(printf '%s' "$3" | sed 's/[\\"]/\\&/g')

case $1 in
add) update="add $name. 60 TXT \"$value\"" ;;
remove) update="delete $name. TXT \"$value\"" ;;
*) exit 64 ;;
esac

said=$(printf '%s\n' "server $server" "zone $zone." "update $update" send |
    nsupdate -v -k "$key" 2>&1) && exit 0

printf '%s\n' "$said" >&2
case $said in
*SERVFAIL* | *'timed out'* | *'connection refused'*) exit 75 ;; # try again
*REFUSED* | *NOTAUTH*) exit 77 ;; # permission denied
*NOTZONE*) exit 68 ;; # no such zone
esac
exit 1
