# The image of the workbench and of the projector: Python, our code, and nothing that could open an image.
#   docker build .                     the workbench (stage `app`, the last one)
#   docker build --target browser .    the same with Debian's Chromium, for boards that need JavaScript

# Debian 13: its PostgreSQL is of the version that docker-compose.yml runs.
FROM python:3.11-slim-trixie AS base
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1

FROM base AS build
RUN python -m venv /opt/venv
WORKDIR /app
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY config config
COPY patrol patrol
COPY spiders spiders
COPY pipelines pipelines
COPY dashboards dashboards
# Editable, so that `config/` lies beside `patrol/` as in the checkout; compiled now, because the root is read-only later.
RUN pip install --no-deps --no-build-isolation -e . \
    && python -m compileall -q patrol spiders pipelines dashboards \
    && mkdir -p /opt/venv/share/patrol \
    && python -m patrol.demo.warm /opt/venv/share/patrol

FROM base AS runtime
# `pg_dump` and its like, of the server's version: an older register is copied before an upgrade changes it.
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
# Numbers, so that a volume belongs to the same account on every host. /data is made here: a new volume takes its owner and mode.
RUN groupadd --gid 10001 patrol \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin patrol \
    && install -d -m 700 -o 10001 -g 10001 /data /signer
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATROL_HOME=/data \
    PATROL_BIND=0.0.0.0:8400
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8400
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=4 CMD ["patrol", "healthcheck"]
ENTRYPOINT ["patrol"]
CMD ["serve"]

FROM runtime AS browser
USER root
RUN apt-get update \
    && apt-get install -y --no-install-recommends chromium \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001

FROM runtime AS app
