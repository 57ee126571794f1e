# The worker's image: the program, its checkpoint and its samples. Also runs every `factloom` command.
FROM python:3.11-slim

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONUNBUFFERED=1

# Any user may run it whose group is 0: that group owns what is written to.
RUN useradd --uid 10001 --gid 0 --no-create-home factloom \
    && install --directory --owner factloom --group 0 --mode 0770 /data

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
# A checkpoint that was trained here is its owner's alone: the image's user must read it too.
COPY --chmod=755 models models
COPY samples samples
RUN pip install --no-deps -e .

ENV FACTLOOM_HOME=/data \
    PREFECT_HOME=/data/prefect \
    HOME=/tmp \
    USER=factloom
# Prefect reads no secret from a file; a variable set by Compose would show in `docker inspect`.
ENTRYPOINT ["sh", "-euc", "if [ -n \"${PREFECT_API_AUTH_STRING_FILE:-}\" ]; then PREFECT_API_AUTH_STRING=\"$(cat \"$PREFECT_API_AUTH_STRING_FILE\")\"; export PREFECT_API_AUTH_STRING; fi; exec \"$@\"", "sh"]
USER 10001:0
CMD ["factloom", "--help"]
