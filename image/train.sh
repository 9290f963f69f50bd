#!/bin/sh
# Makes the class-data archives of a RocketMQ home: train.sh HOME. A name server, a broker and a proxy (a local one: it holds
# every class of the other kind too) run once, so that later starts map their classes instead of loading them.
#
# A JVM takes an archive only with the class path and the kind of collector that it was made with: the words below are those of
# agent/launch (jars by name, without conf, which may follow at run time; G1). Where an archive does not fit, the JVM starts
# without it. JDK 25 and newer: cds/ROLE.aot; 17 to 24: cds/ROLE.jsa.
set -eu
[ $# -eq 1 ] || {
    echo "usage: train.sh HOME" >&2
    exit 64
}
ROCKETMQ_HOME=$(CDPATH='' cd -- "$1" && pwd)
export ROCKETMQ_HOME LC_ALL=C
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS NAMESRV_ADDR
java=${JAVA_HOME:+$JAVA_HOME/bin/java}
[ -x "$java" ] || java=java
jars=$(printf '%s:' "$ROCKETMQ_HOME"/lib/*.jar)
jars=${jars%:}
port=$((20000 + $$ % 10000)) # away from RocketMQ's own, which may be in use
tmp=$(mktemp -d)
children=

fail() {
    echo "train.sh: $1" >&2
    exit 1
}

# finish: no JVM outlives this script, and no file but the archives stays.
finish() {
    # shellcheck disable=SC2086 # a list of process ids
    [ -z "$children" ] || kill -KILL $children 2>/dev/null || :
    rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 1' INT TERM

# run ROLE CLASS PATH, JVM OPTIONS, MAIN CLASS, ARGS: execs java as the agent does.
run() {
    role=$1 path=$2
    shift 2
    tls=-Dtls.server.mode=disabled
    [ "$role" != proxy ] || tls= # its clients speak TLS
    # shellcheck disable=SC2086 # lists of words
    exec "$java" -server -Xms256m -Xmx256m -XX:+UseG1GC $quiet $tls \
        -Duser.home="$tmp/$role" -Drmq.logback.configurationFile="$ROCKETMQ_HOME/conf/rmq.$role.logback.xml" \
        -Djava.library.path="$ROCKETMQ_HOME/lib/native" -cp "$path" "$@"
}

# train ROLE ARGS: starts it in the background, its output in $tmp/ROLE.log, and waits until it serves.
train() {
    role=$1
    shift
    run "$role" "$jars" "$write=$tmp/$role.$suffix" "$(class "$role")" "$@" >"$tmp/$role.log" 2>&1 &
    children="$children $!"
    for _ in $(seq 600); do
        ! grep -qs -e 'boot success' -e 'startup successfully' "$tmp/$role.log" || return 0
        kill -0 $! 2>/dev/null || break
        sleep 0.2
    done
    show "$role"
    fail "the $role does not start"
}

# show ROLE: the end of its log, without what the JVM says about the archive.
show() { grep -v -e '\[aot' -e '\[cds' -e '^Picked up' "$tmp/$1.log" | tail -n 20 >&2; }

class() {
    case $1 in
    namesrv) echo org.apache.rocketmq.namesrv.NamesrvStartup ;;
    broker) echo org.apache.rocketmq.broker.BrokerStartup ;;
    proxy) echo org.apache.rocketmq.proxy.ProxyStartup ;;
    esac
}

# broker NAME PORT: the configuration of a broker.
broker() {
    printf '%s\n' "brokerName=$1" "listenPort=$2" "haListenPort=$(($2 + 2))" "storePathRootDir=$tmp/$1/store" \
        "namesrvAddr=127.0.0.1:$port" brokerIP1=127.0.0.1 bindAddress=127.0.0.1 transactionMetricFlushInterval=1000
}

# check ROLE: fails unless a JVM that must use the archive starts, and takes the main class from it. Its class path and heap
# differ as they do at run time.
check() {
    # shellcheck disable=SC2086 # a list of words
    (run "$1" "$jars:$ROCKETMQ_HOME/conf" -Xmx300m $must "$read=$tmp/$1.$suffix" \
        -Xlog:class+load:file="$tmp/$1.classes" "$(class "$1")" -h) >"$tmp/$1.log" 2>&1 || {
        show "$1"
        fail "the archive of the $1 cannot be used"
    }
    grep -q "^.*$(class "$1") source: shared objects file" "$tmp/$1.classes" || fail "the archive of the $1 lacks its main class"
}

version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
if [ "${version:-0}" -ge 25 ]; then
    suffix=aot write=-XX:AOTCacheOutput read=-XX:AOTCache must=-XX:AOTMode=on
    quiet="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
elif [ "${version:-0}" -ge 17 ]; then
    suffix=jsa write=-XX:ArchiveClassesAtExit read=-XX:SharedArchiveFile must=-Xshare:on quiet=
else
    fail "java ${version:-is missing, or} is too old for an archive: install a JDK, 25 or newer for the best one"
fi

mkdir "$tmp/namesrv" "$tmp/broker" "$tmp/proxy"
printf '%s\n' "listenPort=$port" bindAddress=127.0.0.1 >"$tmp/namesrv.conf"
broker broker $((port + 20)) >"$tmp/broker.conf"
broker proxy $((port + 30)) >"$tmp/local.conf"
echo "{\"rocketMQClusterName\":\"DefaultCluster\",\"grpcServerPort\":$((port + 40)),\"remotingListenPort\":$((port + 41))}" >"$tmp/proxy.json"

train namesrv -c "$tmp/namesrv.conf"
train broker -c "$tmp/broker.conf"
train proxy -n "127.0.0.1:$port" -pm local -bc "$tmp/local.conf" -pc "$tmp/proxy.json"
# shellcheck disable=SC2086 # a list of process ids
kill $children
# shellcheck disable=SC2086
wait $children || : # 143 each; the archives are written on the way out
children=
for role in namesrv broker proxy; do
    check "$role"
done
rm -rf "$ROCKETMQ_HOME/cds"
mkdir "$ROCKETMQ_HOME/cds"
mv "$tmp"/*."$suffix" "$ROCKETMQ_HOME/cds"
