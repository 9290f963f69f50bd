#!/bin/sh
# The image's entrypoint: a role, or nothing, runs RocketMQ under the agent; the agent's own commands go to the agent; anything
# else is executed, as in the official image.

# A user that /etc/passwd does not know gets / for its home, where it cannot write.
[ "${HOME:-/}" != / ] || export HOME=/home/rocketmq

case ${1:-} in
'' | -* | nameserver | namesrv | broker | proxy | controller | standalone) exec rocketmq-agent run "$@" ;;
run | render | validate | healthcheck | status | drain | undrain | restart | diagnose | version | help) exec rocketmq-agent "$@" ;;
*) exec "$@" ;;
esac
