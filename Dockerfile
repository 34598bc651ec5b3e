# The hub in one small image without a shell's worth of tools: the database is
# outside of it (DATABASE_URL), the pages are inside the binary.

# The pages' third-party files, the very ones that scripts/setup copies.
FROM node:22-bookworm-slim AS assets
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY scripts/assets.txt ./
RUN while read -r from to; do install -D -m 644 "node_modules/$from" "vendor/$to"; done < assets.txt

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=assets /src/vendor web/static/vendor
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/server ./cmd/server
RUN mkdir -p /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/server /usr/local/bin/server
COPY --from=build --chown=nonroot:nonroot /out/data /var/lib/tributary
ENV TRIBUTARY_ADDR=:8080 \
    TRIBUTARY_DATA_DIR=/var/lib/tributary \
    TRIBUTARY_LOG_FORMAT=json
VOLUME /var/lib/tributary
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["/usr/local/bin/server", "doctor", "--live"]
ENTRYPOINT ["/usr/local/bin/server"]
CMD ["serve"]
