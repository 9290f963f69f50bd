#!/bin/sh
# In place of RocketMQ's own runserver.sh and runbroker.sh: runserver.sh [JVM OPTIONS] CLASS [ARGS]. A server's main class
# becomes the agent's role; any other class runs as a tool.
bin=$(dirname "$(readlink -f "$0")")
while :; do
    case ${1:-} in
    -*) JAVA_OPT="${JAVA_OPT:-} $1" && shift ;;
    *) break ;;
    esac
done
export JAVA_OPT

case ${1:-} in
*.NamesrvStartup) role=namesrv ;;
*.BrokerStartup) role=broker ;;
*.ProxyStartup) role=proxy ;;
*.ControllerStartup) role=controller ;;
*) exec sh "$bin/tools.sh" "$@" ;;
esac
shift
export ROCKETMQ_HOME="${ROCKETMQ_HOME:-$(dirname "$bin")}" PATH="$PATH:$bin"
exec rocketmq-agent run "$role" "$@"
