#!/bin/sh
# Runs a main class with RocketMQ's jars in a small JVM: tools.sh CLASS [ARGS]. JAVA_OPT comes first, as in RocketMQ's own
# tools.sh, so that a heap meant for the broker does not become the tool's; JAVA_OPT_EXT last.
bin=$(dirname "$(readlink -f "$0")")
export ROCKETMQ_HOME="${ROCKETMQ_HOME:-$(dirname "$bin")}"
java=${JAVA_HOME:+$JAVA_HOME/bin/java}
[ -x "$java" ] || java=java

case "${JAVA_OPT:-} ${JAVA_OPT_EXT:-}" in
*-XX:+Use*GC*) gc= ;; # a JVM takes one collector
*) gc=-XX:+UseSerialGC ;;
esac

# JAVA_OPT and JAVA_OPT_EXT are lists of words; the jars' wildcard is java's.
# shellcheck disable=SC2086
exec "$java" -XX:+IgnoreUnrecognizedVMOptions ${JAVA_OPT:-} \
    -Xms16m -Xmx256m -XX:MaxMetaspaceSize=128m $gc -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
    --add-opens=java.base/java.lang=ALL-UNNAMED --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -Drmq.logback.configurationFile="$ROCKETMQ_HOME/conf/rmq.tools.logback.xml" \
    -Djava.library.path="$ROCKETMQ_HOME/lib/native" ${JAVA_OPT_EXT:-} \
    -cp "$ROCKETMQ_HOME/lib/*:$ROCKETMQ_HOME/conf${CLASSPATH:+:$CLASSPATH}" "$@"
