"""What runs, when, how often and within which limits.

The path of an ingest:

    ingest.py        the night: pages of a source -> batches; replay.py takes documents again
    planning.py      pages + what the graph knows -> batches, and a position to store
    extraction/      batches -> statements, ahead of writing: here, on Ray, or by other workers
    writing.py       a batch -> the graph; isolation.py: one bad document alone fails
    retraction.py    what is to go, counted first, goes last
    report.py        what came of it; artifacts.py shows it at Prefect, as panels.py draws it
    monitoring.py    its new edges, and (drift.py) whether it looks like the runs before it
    ending.py        the state that Prefect shows, with the reason

What travels is a batch (`records.py`), what runs a run (`run.py`): what it reads, and by whom it
writes. `reconcile.py` retracts what the source no longer has, `retrain.py` makes a better
checkpoint; `forget.py` and `corrections.py` do what people ask for. All of them get their parts
from `components.py` and their parameters from `params.py`.

A Prefect server that is away ends no run: `patience.py` waits for it, `showing.py` does without.

Every night: `deploying.py` makes a Prefect server what prefect.yaml says, `automations.py` what it
does by itself, `limits.py` what runs wait for, `status.py` what operators see.

Who asks and who looks is above them and unknown to them: `commands/`, the command line;
`evaluating/`, a checkpoint judged; `pages/`, HTML and plots.
"""
