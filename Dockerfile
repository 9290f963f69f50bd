# A RocketMQ container whose PID 1 is rocketmq-agent. Builds with BuildKit and with the classic builder.
# The stages are ordered by how seldom they change: Java, RocketMQ, its class-data archives, the agent.
ARG ROCKETMQ_VERSION=5.5.0

# A JVM of the modules that RocketMQ's jars use (jdeps): java.desktop for java.beans alone, so without its native libraries;
# jdk.management.agent, jdk.jfr and java.instrument for people's own JMX, recordings and agents. It gets the default archive
# too, for the tools and for whatever the archives below do not fit.
FROM eclipse-temurin:25-jdk AS java
RUN jlink --output /opt/jre --compress=zip-6 --no-header-files --no-man-pages \
        --exclude-files='glob:/java.desktop/lib/**' \
        --add-modules java.base,java.desktop,java.instrument,java.logging,java.management,java.naming,java.rmi,java.sql,java.xml,\
jdk.crypto.ec,jdk.httpserver,jdk.jdwp.agent,jdk.jfr,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs \
    && /opt/jre/bin/java -Xshare:dump

# RocketMQ from Maven Central, first its jars and then what is ours.
FROM maven:3-eclipse-temurin-25 AS rocketmq
ARG ROCKETMQ_VERSION
COPY image/pom.xml image/Natives.java image/assemble.sh /image/
RUN mkdir /image/bin /image/conf && /image/assemble.sh /home/rocketmq/rocketmq-$ROCKETMQ_VERSION $ROCKETMQ_VERSION
COPY image/bin /image/bin
COPY image/conf /image/conf
RUN /image/assemble.sh /home/rocketmq/rocketmq-$ROCKETMQ_VERSION $ROCKETMQ_VERSION

# What runs: the shell tools that people's own start scripts use, the user of the official image, and Java. The folders that
# volumes go to belong to that user, and any other user may write to them: a fresh named volume takes over both.
FROM debian:bookworm-slim AS base
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl hostname netcat-openbsd procps tzdata \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \
    && groupadd --gid 3000 rocketmq \
    && useradd --uid 3000 --gid 3000 --home-dir /home/rocketmq --shell /bin/bash rocketmq \
    && install -d -o 3000 -g 3000 -m 1777 /home/rocketmq /home/rocketmq/store /home/rocketmq/logs /home/rocketmq/logs/rocketmqlogs \
    && for role in namesrv broker proxy controller; do \
         echo "RocketMQ logs to standard output here: docker logs, kubectl logs. RMQ_LOG_FILES=true makes it log into this folder." \
           > /home/rocketmq/logs/rocketmqlogs/$role.log; done \
    && chmod 666 /home/rocketmq/logs/rocketmqlogs/*.log
COPY --from=java /opt/jre /opt/jre
ARG ROCKETMQ_VERSION
ENV ROCKETMQ_VERSION=$ROCKETMQ_VERSION \
    ROCKETMQ_HOME=/home/rocketmq/rocketmq-$ROCKETMQ_VERSION \
    JAVA_HOME=/opt/jre
ENV PATH=$ROCKETMQ_HOME/bin:$JAVA_HOME/bin:$PATH
# Where every JVM looks for native libraries, so that those who start java themselves find ours too.
RUN mkdir -p /usr/java/packages && ln -s $ROCKETMQ_HOME/lib/native /usr/java/packages/lib

# The class-data archives, made by the very JVM, in the very place, that will use them.
FROM base AS trained
COPY --from=rocketmq $ROCKETMQ_HOME $ROCKETMQ_HOME
COPY image/train.sh /image/
RUN /image/train.sh $ROCKETMQ_HOME

FROM golang:1.26-bookworm AS agent
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY templates templates
COPY agent agent
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -tags nethttpomithttp2 -ldflags "-s -w -X main.version=$VERSION" -o /rocketmq-agent ./agent

FROM base
COPY --from=trained --chown=3000:3000 $ROCKETMQ_HOME $ROCKETMQ_HOME
COPY image/entrypoint.sh /usr/local/bin/
COPY --from=agent /rocketmq-agent /usr/local/bin/
USER 3000:3000
WORKDIR $ROCKETMQ_HOME/bin
# Name server; broker: fast, main, HA; proxy: remoting, gRPC; controller; the agent's probes and metrics.
EXPOSE 9876 10909 10911 10912 8080 8081 9878 8088
STOPSIGNAL SIGTERM
# A store of many files takes its time to recover: until then it is starting, not unhealthy.
HEALTHCHECK --start-period=10m --interval=5s --timeout=3s CMD ["rocketmq-agent", "healthcheck"]
ENTRYPOINT ["entrypoint.sh"]
ARG VERSION=dev
LABEL org.opencontainers.image.title="rocketmq-agent" \
      org.opencontainers.image.description="Apache RocketMQ with an agent as PID 1: checked configuration, probes, metrics, clean stops" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.licenses="Apache-2.0"
