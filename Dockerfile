# router2mqtt as one static program and nothing else. `docker build .` makes the image for everybody, `--target addon` the one for
# Home Assistant's Supervisor. Each stage runs on the builder's own architecture and compiles for the one that is asked for.

FROM --platform=$BUILDPLATFORM rust:1.95-slim-bookworm AS build
ARG TARGETARCH
ARG TARGETVARIANT
# zig is the C compiler and the linker for every target: ring and SQLite need one.
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3-pip \
 && pip install --no-cache-dir --break-system-packages ziglang==0.17.0 \
 && cargo install --locked cargo-zigbuild --version 0.24.0
WORKDIR /src
COPY . .
RUN case "$TARGETARCH$TARGETVARIANT" in \
      amd64*) target=x86_64-unknown-linux-musl ;; \
      arm64*) target=aarch64-unknown-linux-musl ;; \
      armv7) target=armv7-unknown-linux-musleabihf ;; \
      *) echo "no program for $TARGETARCH$TARGETVARIANT" >&2; exit 1 ;; \
    esac \
 && rustup target add "$target" \
 && cargo zigbuild --locked --release --no-default-features --target "$target" \
 && install -D "target/$target/release/router2mqtt" /out/router2mqtt \
 && install -d -o 65532 -g 65532 -m 0700 /out/data

# What both images are made of. Certificates and time zones are in the program.
FROM scratch AS program
COPY --from=build /out/router2mqtt /usr/bin/router2mqtt
LABEL org.opencontainers.image.title="router2mqtt" \
      org.opencontainers.image.description="Home routers and modems, in Home Assistant and on MQTT" \
      org.opencontainers.image.source="https://github.com/router2mqtt/router2mqtt" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
ENTRYPOINT ["/usr/bin/router2mqtt"]

# For the Supervisor, whose options only root may read.
FROM program AS addon
ARG BUILD_VERSION=0.1.0
ARG BUILD_ARCH=amd64
LABEL io.hass.type="app" \
      io.hass.version="$BUILD_VERSION" \
      io.hass.arch="$BUILD_ARCH"
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/usr/bin/router2mqtt", "health", "--data", "/data"]
CMD ["run", "--addon"]

# For everybody else: the configuration in /etc/router2mqtt, what is kept in /data, and nothing that is written anywhere else.
FROM program AS container
COPY --from=build --chown=65532:65532 /out/data /data
ENV ROUTER2MQTT_CONFIG=/etc/router2mqtt/router2mqtt.yaml \
    ROUTER2MQTT__DATA=/data
USER 65532:65532
WORKDIR /data
VOLUME ["/data"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/usr/bin/router2mqtt", "health", "--data", "/data"]
CMD ["run"]
