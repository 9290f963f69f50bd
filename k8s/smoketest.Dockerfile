# smoketest as an image, for use inside a cluster. The context is a folder that holds the static binary:
#   make build && docker build --tag rocketmq-smoketest:dev --file k8s/smoketest.Dockerfile bin
FROM scratch
COPY smoketest /smoketest
USER 3000:3000
ENTRYPOINT ["/smoketest"]
