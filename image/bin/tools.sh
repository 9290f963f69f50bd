#!/bin/sh
# Runs a main class with RocketMQ's jars in a small JVM: tools.sh CLASS [ARGS]. It shares its container with a server, so it
# takes nothing that was meant for the server's JVM: of all variables with JVM options the system properties (TLS, say) and
# module options alone. RMQ_TOOLS_JAVA_OPT holds the options of the tools; it comes last, so that it wins.
bin=$(dirname "$(readlink -f "$0")")
export ROCKETMQ_HOME="${ROCKETMQ_HOME:-$(dirname "$bin")}"
java=${JAVA_HOME:+$JAVA_HOME/bin/java}
[ -x "$java" ] || java=java

# harmless OPTIONS: those of them that cannot take memory, a port or a file from the server. A word with a quote is cut at its
# blanks here, and not passed on.
harmless() {
    for word; do
        case $word in
        *[\"\']*) ;;
        -Dcom.sun.management* | -Djava.security.manager* | -Djava.ext.dirs* | -Djava.endorsed.dirs*) ;; # JMX; fatal to new Javas
        -D* | --add-opens=* | --add-exports=* | --add-reads=* | --enable-native-access=*) printf '%s ' "$word" ;;
        esac
    done
}

# heap: MiB, an eighth of the container's limit.
heap() {
    limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null)
    case $limit in
    '' | *[!0-9]*) mib=256 ;; # none
    *) mib=$((limit / 8388608)) ;;
    esac
    [ "$mib" -le 256 ] || mib=256
    [ "$mib" -ge 32 ] || mib=32
    echo "$mib"
}

case ${RMQ_TOOLS_JAVA_OPT:-} in
*-XX:+Use*GC*) gc= ;; # a JVM takes one collector
*) gc=-XX:+UseSerialGC ;;
esac

case ${1:-} in
org.apache.rocketmq.example.*)
    if ! ls "$ROCKETMQ_HOME"/lib/rocketmq-example-*.jar >/dev/null 2>&1; then
        echo "tools.sh: the examples of this release are not in this image; to send and receive, use an image of RocketMQ 5.5.0," \
            "or mqadmin sendMessage -n ADDR -t TOPIC -p TEXT and mqadmin consumeMessage -n ADDR -t TOPIC" >&2
        exit 1
    fi
    ;;
esac

set -f # the variables are lists of words, and no patterns; the jars' wildcard is java's
# shellcheck disable=SC2086
kept=$(harmless ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} ${JAVA_OPT:-} ${HEAP_OPTS:-} ${JAVA_OPT_EXT:-} ${_JAVA_OPTIONS:-})
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS # every java reads these by itself

# If memory runs out all the same, the kernel ends the tool and not the broker.
{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null || :

# shellcheck disable=SC2086
exec "$java" -XX:+IgnoreUnrecognizedVMOptions $kept \
    -Xms16m -Xmx"$(heap)"m -XX:MaxMetaspaceSize=128m $gc -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
    --add-opens=java.base/java.lang=ALL-UNNAMED --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -Drmq.logback.configurationFile="$ROCKETMQ_HOME/conf/rmq.tools.logback.xml" \
    -Djava.library.path="$ROCKETMQ_HOME/lib/native" ${RMQ_TOOLS_JAVA_OPT:-} \
    -cp "$ROCKETMQ_HOME/lib/*:$ROCKETMQ_HOME/conf${CLASSPATH:+:$CLASSPATH}" "$@"
