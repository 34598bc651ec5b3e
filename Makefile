# The commands of this house. The work is done by scripts/, which also run alone.
#
#   make demo               the whole hub with the simulated world, on http://127.0.0.1:8080
#   make demo ERP=tryton    the same with a real Tryton server as the ERP
#   make test               every test, on a throw-away PostgreSQL (or TEST_DATABASE_URL)
#   make check              all gates: lint, generated code, tests
#   make build lint generate bench
#   make connector name=acme label="Acme Recruiting"    the skeleton of a new connector

.PHONY: demo test check build lint generate bench connector

# exec: a Ctrl-C or SIGTERM must reach the server itself, and make waits for it.
demo: build
	@exec bin/server demo $(if $(ERP),--erp=$(ERP))

build:
	@scripts/setup
	@go build -o bin/server ./cmd/server

test:
	@scripts/test -timeout 20m $(TESTFLAGS) ./...

check: lint
	@scripts/generate --check
	@scripts/test ./...

lint:
	@scripts/lint

generate:
	@scripts/generate

# BENCH chooses benchmarks by a pattern.
bench:
	@scripts/test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem ./...

connector:
	@scripts/connector "$(name)" $(if $(label),"$(label)")
