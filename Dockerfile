# shopscout as an image: docker build -t shopscout . ; see docker-compose.yml for the whole.
FROM python:3.11-slim-bookworm AS packages

WORKDIR /build
RUN python -m venv --without-pip /opt/shopscout
COPY constraints.txt pyproject.toml ./
# The project without any of its code: a change of ours does not fetch every package again. "chat" is for Command R+.
RUN touch README.md LICENSE \
    && pip --python /opt/shopscout/bin/python install --no-cache-dir -c constraints.txt ".[chat]" \
    # The tests of others, 120 MB.
    && for package in numpy pandas pyarrow scipy; do \
         find /opt/shopscout/lib/python3*/site-packages/$package -type d -name tests -prune -exec rm -r {} +; \
       done


FROM python:3.11-slim-bookworm

# By number, so that the owner of a volume is the same after every build.
RUN groupadd --system --gid 10001 shopscout \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /var/cache/shopscout shopscout \
    # The one place that is written: vectors, pictures, rejects, exported events. A new volume takes its owner over.
    && install --directory --owner 10001 --group 10001 /var/cache/shopscout
COPY --from=packages /opt/shopscout /opt/shopscout
ENV PATH=/opt/shopscout/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SHOPSCOUT_CACHE_DIR=/var/cache/shopscout \
    SHOPSCOUT_INGEST_REJECTS_DIR=/var/cache/shopscout/rejects \
    SHOPSCOUT_HOST=0.0.0.0 \
    SHOPSCOUT_PORT=8000

WORKDIR /srv/shopscout
# First what changes seldom: the weights of the models.
COPY embed ./embed
COPY LICENSE ./
COPY es ./es
COPY shop ./shop
COPY ingest ./ingest
COPY jobs ./jobs
COPY app ./app
COPY web ./web
COPY kibana ./kibana
# The user may not write here, so it would be compiled anew at every start.
RUN python -m compileall -q .

USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "app"]
