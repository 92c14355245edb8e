#!/bin/sh
# Installs what is missing of the Debian or Ubuntu packages that a purpose needs:
#
#     sh tests/packages.sh build|lab|check...
#
# Without apt-get it names what to install and goes on. No service is started by what it installs.
set -eu

BUILD='gcc libc6-dev make autoconf automake libtool libltdl-dev pkg-config libcurl4-openssl-dev
    libssl-dev libjansson-dev libxml2-dev libc-ares-dev libldns-dev'
LAB='ca-certificates python3 python3-dnspython python3-boto3 python3-botocore python3-cloudflare
    python3-cryptography iproute2
    util-linux nftables openssl curl bind9 bind9-utils bind9-dnsutils knot
    nsd pdns-server pdns-backend-sqlite3 pebble acmetool
    dehydrated certbot lego uacme apache2'
CHECK='g++ clang libcmocka-dev valgrind shellcheck cppcheck mandoc binutils xz-utils'
POLICY=/usr/sbin/policy-rc.d

missing_of()
{
    for package in "$@"; do
        case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) in
        ?i*) ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

wanted_for()
{
    for purpose in "$@"; do
        case $purpose in
        build) printf '%s ' "$BUILD" ;;
        lab) printf '%s ' "$LAB" ;;
        check) printf '%s ' "$CHECK" ;;
        *)
            echo "packages.sh: no such purpose: $purpose" >&2
            exit 2
            ;;
        esac
    done
}

as_root()
{
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# Installing a name server would start it; a policy-rc.d of exit 101 prevents that.
hold_services()
{
    if [ ! -e "$POLICY" ]; then
        trap 'as_root rm -f "$POLICY"' EXIT
        trap 'exit 1' HUP INT TERM
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$POLICY" >/dev/null
        as_root chmod 755 "$POLICY"
    fi
}

# shellcheck disable=SC2046 # lists of words
set -- $(wanted_for "$@")
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "packages.sh: not Debian or Ubuntu; these packages are needed: $*" >&2
    exit 0
fi
missing=$(missing_of "$@")
[ -n "$missing" ] || exit 0
echo "installing: $missing"
hold_services
export DEBIAN_FRONTEND=noninteractive
as_root apt-get -qq update </dev/null >/dev/null
# shellcheck disable=SC2086 # a list of words
as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
    -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold install $missing </dev/null >/dev/null
