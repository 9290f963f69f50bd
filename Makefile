# rocketmq-agent. `make help` lists the targets.
SHELL := bash
ROCKETMQ_VERSION ?= 5.5.0
IMAGE ?= rocketmq-agent:dev
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GO_FILES := $(shell find agent smoketest templates -name '*.go' -not -name '*_test.go' 2>/dev/null) $(wildcard templates/*.tmpl)
# Probes and scrapes speak HTTP/1.1: without HTTP/2 the agent is 1.2 MB smaller.
GOFLAGS_STATIC := -trimpath -tags nethttpomithttp2 -ldflags "-s -w -X main.version=$(VERSION)"
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.1.4
need = @command -v $(1) >/dev/null || { echo "$(1) is missing: install $(2)" >&2; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help run test build rocketmq archive image e2e-docker e2e-k8s bench keys lint clean tools-go tools-java

help: ## list the targets
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: build archive ## build everything and run a name server and a broker in the foreground; Ctrl-C stops them
	@mkdir -p build/data/tmp
	@# Job control gives the agent the terminal's foreground, so that Ctrl-C reaches the agent and not make, whose status would then be 130.
	@HOME="$(CURDIR)/build/data" TMPDIR="$(CURDIR)/build/data/tmp" ROCKETMQ_HOME="$(CURDIR)/build/rocketmq" \
	  RMQ_LOG_FORMAT="$${RMQ_LOG_FORMAT:-text}" RMQ_LOG_FILES="$${RMQ_LOG_FILES:-true}" RMQ_GRACE_PERIOD="$${RMQ_GRACE_PERIOD:-60s}" \
	  bash -c 'set -m; bin/rocketmq-agent run standalone; exit $$?'

test: build rocketmq ## everything that needs neither an engine nor a cluster: unit tests, the PID-1 suite, a real RocketMQ; PKG=./agent/keys narrows it
	.ci/test $(PKG)

build: bin/rocketmq-agent bin/smoketest ## bin/rocketmq-agent and bin/smoketest, static and stripped

bin/rocketmq-agent: $(GO_FILES) go.mod go.sum | tools-go
	CGO_ENABLED=0 go build $(GOFLAGS_STATIC) -o $@ ./agent

bin/smoketest: $(GO_FILES) go.mod go.sum | tools-go
	CGO_ENABLED=0 go build $(GOFLAGS_STATIC) -o $@ ./smoketest

bin/testreport: $(wildcard agent/testing/testreport/*.go) go.mod | tools-go
	go build -o $@ ./agent/testing/testreport

rocketmq: build/rocketmq/.version ## build/rocketmq: a RocketMQ home, assembled from Maven Central

build/rocketmq/.version: image/pom.xml image/assemble.sh $(wildcard image/conf/* image/bin/* image/*.java) | tools-java
	image/assemble.sh build/rocketmq $(ROCKETMQ_VERSION)
	@echo $(ROCKETMQ_VERSION) >$@

archive: build/rocketmq/.archive ## class-data archives, which halve the start; for the java on PATH

build/rocketmq/.archive: build/rocketmq/.version image/train.sh
	image/train.sh build/rocketmq
	@touch $@

image: ## docker build, tag rocketmq-agent:dev
	$(call need,docker,a Docker engine)
	docker build --build-arg ROCKETMQ_VERSION=$(ROCKETMQ_VERSION) --build-arg VERSION=$(VERSION) -t $(IMAGE) .

e2e-docker: image bin/smoketest bin/testreport ## the container tests, against the engine that is there
	set -o pipefail; go test -json -tags e2e -count=1 -timeout 40m -parallel 4 ./image/ | bin/testreport -v

e2e-k8s: image bin/smoketest bin/testreport ## the Kubernetes tests, against the cluster of KUBECONFIG
	$(call need,kubectl,kubectl and a cluster that KUBECONFIG names)
	set -o pipefail; go test -json -tags e2e -count=1 -timeout 40m ./k8s/ | bin/testreport -v

bench: build rocketmq archive ## the benchmarks beside the alternatives, as a table of ratios
	go run ./agent/bench

keys: tools-java ## templates/keys/keys.tsv: the keys of RocketMQ's releases, read from their jars
	templates/keys/make.sh

lint: tools-go ## gofmt, vet, staticcheck, govulncheck, shell and YAML checks
	@test -z "$$(gofmt -l agent smoketest templates image k8s)" || { echo "gofmt needed: $$(gofmt -l agent smoketest templates image k8s)" >&2; exit 1; }
	go vet ./... && go vet -tags e2e ./image/ ./k8s/
	go run $(STATICCHECK) ./... && go run $(STATICCHECK) -tags e2e ./image/ ./k8s/
	@out=$$(go run $(GOVULNCHECK) ./... 2>&1); status=$$?; \
	  if [ $$status != 0 ] && grep -qiE 'fetching vulnerabilities|dial tcp|no such host|Forbidden|x509' <<<"$$out"; then echo "govulncheck: its database cannot be reached from here, skipped"; \
	  else echo "$$out"; exit $$status; fi
	$(call need,shellcheck,shellcheck)
	shellcheck .ci/run .ci/test image/*.sh image/bin/* templates/keys/*.sh
	$(call need,yamllint,yamllint)
	yamllint -s -c .yamllint k8s

clean: ## remove everything that was built, data included
	rm -rf bin build

tools-go:
	$(call need,go,Go 1.26 or newer)

tools-java:
	$(call need,java,a JDK 17 or newer (Debian: openjdk-17-jdk-headless))
	$(call need,mvn,Maven 3.8 or newer (Debian: maven))
