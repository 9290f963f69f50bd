#!/bin/sh
# Makes a RocketMQ home: assemble.sh TARGET [VERSION]. The jars come from Maven Central (with its checksums verified), the
# commands and the configuration from this folder. A second run keeps the jars, and with them a class-data archive.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
[ $# -ge 1 ] || {
    echo "usage: assemble.sh TARGET [VERSION]" >&2
    exit 64
}
target=$1
version=${2:-5.5.0}

fail() {
    echo "assemble.sh: $1" >&2
    exit 1
}

java=${JAVA_HOME:+$JAVA_HOME/bin/java}
[ -x "$java" ] || java=java
command -v mvn >/dev/null || fail "Maven is missing: install it (Debian: apt-get install maven)"
command -v "$java" >/dev/null || fail "a JDK is missing: install one, 17 or newer (Debian: apt-get install openjdk-17-jdk-headless)"
modules=$("$java" --list-modules 2>/dev/null) || modules=
case $modules in
*jdk.compiler@1[7-9]* | *jdk.compiler@[2-9][0-9]*) ;;
*) fail "$java is not a JDK of version 17 or newer: install one (Debian: apt-get install openjdk-17-jdk-headless)" ;;
esac

# jars: lib/ is made beside and then put in place whole; lib/.made says what it was made of.
jars() {
    made="$version $(uname -m) $(cat "$here/pom.xml" "$here/Natives.java" | cksum)"
    [ "$(cat "$target/lib/.made" 2>/dev/null)" != "$made" ] || return 0
    case $version in # what a release does not have, or never got to Maven Central
    4.*) missing="-Dno.proxy -Dno.controller -Dno.example" ;;
    5.0.* | 5.1.*) missing="-Dno.proxy -Dno.example" ;;
    5.5.0) missing= ;;
    *) missing=-Dno.example ;;
    esac
    rm -rf "$target/lib.new"
    # shellcheck disable=SC2086 # missing is several words
    mvn --batch-mode --quiet --strict-checksums -Dstyle.color=never --file "$here/pom.xml" -Drocketmq.version="$version" $missing \
        dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$target/lib.new" ||
        fail "cannot get RocketMQ $version from Maven Central (some releases are not whole there: 5.5.0 and 5.3.3 are)"
    "$java" "$here/Natives.java" "$target/lib.new"
    echo "$made" >"$target/lib.new/.made"
    rm -rf "${target:?}/lib" "${target:?}/cds"
    mv "$target/lib.new" "$target/lib"
}

mkdir -p "$target"
target=$(CDPATH='' cd -- "$target" && pwd)
jars
rm -rf "${target:?}/bin" "${target:?}/conf"
cp -R "$here/bin" "$here/conf" "$target"
ln -s . "$target/bin/bin" # `bin/mqbroker` works from the home and, as in the official image, from the working folder home/bin
