# The engine in a container. From the root of the project:
#   docker build --tag insights .
#   docker run --rm insights explore /usr/share/insights/examples/primary_sales/primary_sales.csv
# With PostgreSQL and Redis beside it: compose.yaml. scripts/check_image.sh builds and tries all of it.
ARG DEBIAN=debian:bookworm-slim

FROM ${DEBIAN} AS build
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install --yes --no-install-recommends make
WORKDIR /insights
# Set-up first: it changes less often than the sources, and its layer is kept.
COPY scripts/setup.sh scripts/
RUN scripts/setup.sh --package
COPY . .
RUN make package

FROM ${DEBIAN}
# A number that stays the same, so that what it wrote in a volume is its own after an upgrade.
RUN groupadd --system --gid 10001 insights && \
    useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/insights --shell /usr/sbin/nologin insights
COPY --from=build /insights/build/package/insights_*.deb /tmp/
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends /tmp/insights_*.deb curl tzdata && \
    rm -rf /tmp/insights_*.deb /var/lib/apt/lists/*
# Nothing else is written to: the root may be read-only (docker run --read-only --tmpfs /tmp).
VOLUME /var/lib/insights
WORKDIR /var/lib/insights
ENV INSIGHTS_STORE=/var/lib/insights/insights.db API_HOST=0.0.0.0 API_PORT=8000
USER 10001:10001
EXPOSE 8000
# That the server answers. Whether its database does is /health/ready: a restart would not mend that.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8000/health/live"]
ENTRYPOINT ["insights"]
CMD ["serve"]
