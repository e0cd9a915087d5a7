# tilsyn in an image of its own: one static binary, no shell, no other files
# than certificates. Runs as an ordinary user with a read-only root file system:
#
#   docker build -t tilsyn .
#   docker run --read-only --tmpfs /tmp -v tilsyn-data:/data tilsyn run --brokers HOST:9092
#
# State and the identity of the group member live under /data; keep it on a
# volume, so that a restart finds both.

FROM golang:1.26 AS build
WORKDIR /src
# Modules first: they change less often than the code.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# The program, its bill of materials, and empty directories.
RUN integration/engineimage/compile.sh /out

FROM scratch
# The version is that of every record (engine_version) and of `tilsyn version`.
LABEL org.opencontainers.image.title="tilsyn" org.opencontainers.image.version="0.1.0"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/tilsyn /tilsyn
COPY --from=build /out/tilsyn.cdx.json /tilsyn.cdx.json
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/tmp /tmp
USER 65532:65532
ENV TILSYN_DATA_DIR=/data
VOLUME /data
# Health, metrics and the page; see --listen.
EXPOSE 8080
# Asks the engine over the socket in its data directory. Reading the topics at the start may take minutes.
HEALTHCHECK --interval=30s --timeout=15s --start-period=10m --retries=3 CMD ["/tilsyn", "health"]
ENTRYPOINT ["/tilsyn"]
CMD ["run"]
