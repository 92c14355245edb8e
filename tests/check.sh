#!/bin/sh
# Installs what is missing (Debian, Ubuntu) and runs every test there is; goes on after a failure.
# The last line is "N passed, N failed, N skipped". As root or with sudo.
set -eu
cd "$(dirname "$0")/.."
top=$(pwd)
work=$top/build-check
jobs=$(($(nproc) * 2))

if [ "$(id -u)" -ne 0 ]; then
    exec sudo sh "$top/tests/check.sh"
fi
umask 022
passed=0
failed=0
skipped=0

# step NAME COMMAND...: runs a command, which counts as one test; shows the end of its output when
# it failed. ("set -e" does not reach into the command.)
step()
{
    name=$1
    shift
    log=$work/log/$name
    begin=$(date +%s)
    if "$@" >"$log" 2>&1 </dev/null; then
        passed=$((passed + 1))
        verdict=ok
    else
        failed=$((failed + 1))
        verdict=FAILED
    fi
    printf '%-28s %s, %s s\n' "$name" "$verdict" $(($(date +%s) - begin))
    if [ "$verdict" = FAILED ]; then
        grep -vE '^(PASS: |  [A-Z]+  )' "$log" | tail -n 60 | sed 's/^/    /'
    fi
}

# without NAME PROGRAM: true, and the step counts as skipped, when a program is not there.
without()
{
    if command -v "$2" >/dev/null; then
        return 1
    fi
    skipped=$((skipped + 1))
    printf '%-28s skipped: needs %s\n' "$1" "$2"
}

# sum_line LOG WORD: the number behind "# WORD:" in automake's summary.
sum_line()
{
    sed -n "s/^# $2: *\\([0-9][0-9]*\\)\$/\\1/p" "$1" | head -n 1 | grep . || echo 0
}

# reasons LOG: what the tests that failed in automake's summary say about it, 40 lines for each.
reasons()
{
    awk '/^(not )?ok / { left = /^not ok / && !/# SKIP/ ? 40 : 0; if (left) print "    " $0; next }
        left && /^#/ { print "        " $0; left-- }' "$1"
}

# suite DIRECTORY: adds up the results of `make check` in a build and shows what failed.
suite()
{
    summary=$1/test-suite.log
    if [ ! -e "$summary" ]; then
        failed=$((failed + 1))
        echo "    no $summary"
        return
    fi
    passed=$((passed + $(sum_line "$summary" PASS) + $(sum_line "$summary" XFAIL)))
    skipped=$((skipped + $(sum_line "$summary" SKIP)))
    failed=$((failed + $(sum_line "$summary" FAIL) + $(sum_line "$summary" XPASS) + \
        $(sum_line "$summary" ERROR)))
    printf '    %s passed, %s failed, %s errors, %s skipped\n' "$(sum_line "$summary" PASS)" \
        "$(sum_line "$summary" FAIL)" "$(sum_line "$summary" ERROR)" "$(sum_line "$summary" SKIP)"
    grep -hE '^(FAIL|ERROR|XPASS|SKIP)[: ]' "$summary" | sed 's/^/    /' || :
    reasons "$summary" | head -n 400
}

configure()
(
    directory=$1
    shift
    mkdir -p "$directory" && cd "$directory" && "$work/src/configure" --quiet "$@"
)

check_scripts()
{
    find . -name '*.sh' -not -path './build*' -exec shellcheck .ci/run run.in {} +
}

# cppcheck 2.10 takes the address of a variable that is about to be set for its use.
check_cppcheck()
{
    cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
        --enable=warning,performance,portability --suppress=missingIncludeSystem \
        --suppress=ctuuninitvar --include=tests/cppcheck.h \
        -I include -I core -I providers/common core providers
}

check_manuals()
{
    find docs providers -name '*.[1-9]' -exec mandoc -Tlint -Wwarning {} + &&
        [ -n "$(find docs -name '*.[1-9]')" ]
}

# Every file of the sources is in the tarball that distcheck has made.
check_tarball()
{
    tar -tf "$work"/gcc/dnshook-*.tar.xz | sed 's|^[^/]*/||' | sort >"$work/tarball.list" &&
        comm -23 "$work/sources.list" "$work/tarball.list" >"$work/missing.list" &&
        cat "$work/missing.list" && [ -s "$work/sources.list" ] && [ ! -s "$work/missing.list" ]
}

check_git_ignores()
{
    [ -d .git ] || return 0
    [ -z "$(git -c safe.directory='*' status --porcelain -- build-check build-demo)" ]
}

rm -rf "$work"
mkdir -p "$work/log"
if ! sh tests/packages.sh build lab check; then
    echo "some packages could not be installed; what needs them is skipped or fails" >&2
fi

step sources sh tests/copy-sources.sh "$work/src"
(cd "$work/src" && find . -type f | sed 's|^\./||' | sort) >"$work/sources.list"
step autogen sh "$work/src/autogen.sh"

step gcc-configure configure "$work/gcc" CC=gcc --enable-werror
step gcc-build make -s -C "$work/gcc" -j "$jobs"
step gcc-check make -s -C "$work/gcc" -j "$jobs" check
suite "$work/gcc"

if ! without clang-build clang; then
    step clang-configure configure "$work/clang" CC=clang CXX=clang++ --enable-werror
    step clang-build make -s -C "$work/clang" -j "$jobs"
fi

step sanitizers-configure configure "$work/sanitizers" CC=gcc --enable-werror --enable-sanitizers
step sanitizers-build make -s -C "$work/sanitizers" -j "$jobs"
step sanitizers-check make -s -C "$work/sanitizers" -j "$jobs" check
suite "$work/sanitizers"

if ! without valgrind-units valgrind; then
    step valgrind-units make -s -C "$work/gcc" -j "$jobs" check-valgrind
    suite "$work/gcc"
fi

# The whole suite has run twice by now: of the tarball's, what is needed to see that the tarball has all.
step distcheck make -s -C "$work/gcc" -j "$jobs" distcheck TESTS="tests/floors.py tests/manual_example.py \
    $(cd "$work/src" && find tests/unit -name 'test_*.c' | sed 's/\.c$//' | sort | tr '\n' ' ') \
    tests/e2e/test_clients.py tests/e2e/test_new_provider.py tests/e2e/test_exec.py \
    tests/e2e/test_cloudflare.py tests/e2e/test_acmetool.py tests/e2e/test_abi.py tests/e2e/test_config.py \
    tests/e2e/test_check.py tests/e2e/test_doctor.py tests/e2e/test_route53.py"
step tarball check_tarball
if ! without shellcheck shellcheck; then
    step shellcheck check_scripts
fi
if ! without cppcheck cppcheck; then
    step cppcheck check_cppcheck
fi
if ! without mandoc mandoc; then
    step mandoc check_manuals
fi
if ! without git git; then
    step git-ignores check_git_ignores
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
