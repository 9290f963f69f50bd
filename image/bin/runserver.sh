#!/bin/sh
# In place of RocketMQ's own runserver.sh and runbroker.sh: runserver.sh [JVM OPTIONS] CLASS [ARGS]. A server's main class
# becomes the agent's role; one of RocketMQ's tools, or of its examples, runs as a tool, with the options that stand here. Any
# other class is somebody's own server, and the options of servers are for it.
bin=$(dirname "$(readlink -f "$0")")
options=
while :; do
    case ${1:-} in
    -*) options="$options $1" && shift ;;
    *) break ;;
    esac
done

case ${1:-} in
*.NamesrvStartup) role=namesrv ;;
*.BrokerStartup) role=broker ;;
*.ProxyStartup) role=proxy ;;
*.ControllerStartup) role=controller ;;
org.apache.rocketmq.tools.* | org.apache.rocketmq.example.*)
    export RMQ_TOOLS_JAVA_OPT="${RMQ_TOOLS_JAVA_OPT:-}$options"
    exec sh "$bin/tools.sh" "$@"
    ;;
*)
    for variable in "${JAVA_TOOL_OPTIONS:-}" "${JDK_JAVA_OPTIONS:-}" "${JAVA_OPT:-}" "$options" "${JAVA_OPT_EXT:-}" \
        "${_JAVA_OPTIONS:-}"; do
        RMQ_TOOLS_JAVA_OPT="${RMQ_TOOLS_JAVA_OPT:-} $variable"
    done
    export RMQ_TOOLS_JAVA_OPT
    exec sh "$bin/tools.sh" "$@"
    ;;
esac
shift
export JAVA_OPT="${JAVA_OPT:-}$options"
export ROCKETMQ_HOME="${ROCKETMQ_HOME:-$(dirname "$bin")}" PATH="$PATH:$bin"
exec rocketmq-agent run "$role" "$@"
