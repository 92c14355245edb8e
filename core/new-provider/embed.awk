# Makes a C file of the templates that are given: new_provider_files[], see new_provider.h.
BEGIN {
    print "/* made by embed.awk */"
    print "#include \"new_provider.h\"\n\n#include <stddef.h>\n"
    print "const struct new_provider_file new_provider_files[] = {"
}

FNR == 1 {
    if (NR > 1)
        print "    },"
    path = FILENAME
    sub(/.*\//, "", path)
    sub(/^provider\.c$/, "@NAME@.c", path)
    sub(/^provider\.7$/, "dnshook-@NAME@.7", path)
    sub(/^gitignore$/, ".gitignore", path)
    print "    {\"" path "\","
}

{
    gsub(/\\/, "&&")
    gsub(/"/, "\\\\&")
    print "     \"" $0 "\\n\""
}

END {
    print "    },\n    {NULL, NULL}};"
}
