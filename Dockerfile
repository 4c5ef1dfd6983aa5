# The API as an image: docker build -t shopscout . ; see docker-compose.yml for the whole.
FROM python:3.11-slim

RUN useradd --system --create-home --uid 10001 shopscout
WORKDIR /srv/shopscout

# First what changes seldom, so that a change of ours does not fetch every package again.
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY es ./es
COPY embed ./embed
COPY shop ./shop
COPY ingest ./ingest
COPY jobs ./jobs
COPY app ./app
COPY web ./web
COPY kibana ./kibana
RUN pip install --no-cache-dir --root-user-action=ignore -c constraints.txt .

# The cache (query embeddings, rejects) is the one place that is written.
RUN mkdir -p /var/cache/shopscout && chown shopscout /var/cache/shopscout
ENV SHOPSCOUT_CACHE_DIR=/var/cache/shopscout \
    SHOPSCOUT_HOST=0.0.0.0 \
    SHOPSCOUT_PORT=8000 \
    PYTHONUNBUFFERED=1
USER shopscout
EXPOSE 8000
CMD ["python", "-m", "app"]
