#!/bin/sh
# Writes keys.tsv anew from the released jars: make.sh. It gets those of each release from Maven Central into
# build/releases/VERSION and keeps what is there already.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
releases="4.9.7 5.1.4 5.2.0 5.3.3 5.4.0 5.5.0" # as in agent/keys/table.go, oldest first

# jars VERSION: they are got beside and then put in place whole.
jars() {
    lib=$root/build/releases/$1
    [ ! -d "$lib" ] || return 0
    case $1 in # as in image/assemble.sh
    4.*) missing="-Dno.proxy -Dno.controller -Dno.example" ;;
    5.0.* | 5.1.*) missing="-Dno.proxy -Dno.example" ;;
    *) missing=-Dno.example ;;
    esac
    rm -rf "$lib.new"
    # shellcheck disable=SC2086 # missing is several words
    mvn --batch-mode --quiet --strict-checksums -Dstyle.color=never --file "$root/image/pom.xml" -Drocketmq.version="$1" $missing \
        dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$lib.new"
    mv "$lib.new" "$lib"
}

mkdir -p "$root/build/releases"
for release in $releases; do
    jars "$release"
done
trap 'rm -f "$here/keys.tsv.new"' EXIT
cd "$root/build/releases"
# shellcheck disable=SC2086 # one folder a release
java "$here/Keys.java" $releases >"$here/keys.tsv.new"
mv "$here/keys.tsv.new" "$here/keys.tsv"
