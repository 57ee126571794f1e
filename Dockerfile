# The worker's image: the program, its checkpoint and its samples. Also runs every `factloom` command.
FROM python:3.11-slim

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONUNBUFFERED=1

RUN useradd --uid 10001 --create-home factloom \
    && install --directory --owner factloom --group factloom /data

WORKDIR /app

# Dependencies first, so that a change of the code does not install them again.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > /tmp/requirements.txt \
    && pip install -r /tmp/requirements.txt -c constraints.txt \
    && rm /tmp/requirements.txt

COPY README.md LICENSE NOTICE prefect.yaml ./
COPY config config
COPY corpus corpus
COPY extractor extractor
COPY graph graph
COPY flows flows
COPY --chown=factloom:factloom models models
COPY samples samples
RUN pip install --no-deps -e .

ENV FACTLOOM_HOME=/data \
    PREFECT_HOME=/data/prefect
USER 10001:10001
CMD ["factloom", "--help"]
