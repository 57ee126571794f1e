"""What runs, when, how often and within which limits.

    cli/           who asks: the command line
    evaluate/      a checkpoint judged on labelled documents
    pages/         who looks: HTML and plots
    operations/    what a Prefect server is to do, and how it stands there
    ingest/        the nightly flow: read, extract, write
    replay.py      documents again that failed, backfill/ those of an older checkpoint
    reconcile.py   what the source no longer has is retracted
    retrain/       a better checkpoint, compared with the one that serves
    corrections/   people's verdicts on edges
    forget.py      one document erased
    reports/       what came of a run: counts, edges, drift, tables
    run/           what every run has: its record, limits, progress, and how it ends
    components.py  settings -> the parts that all of them work with

The flow of a folder is its `flow.py`; what a person decides about a run is in `params.py`.
"""
