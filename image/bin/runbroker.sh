#!/bin/sh
# RocketMQ starts brokers by this name; the main class decides here too.
exec sh "$(dirname "$(readlink -f "$0")")/runserver.sh" "$@"
