"""What runs, when, how often and within which limits.

The path of an ingest:

    ingest.py        pages of a source -> a run; replay.py takes documents again
    work.py          pages + what the graph knows -> batches of work, and a position to store
    processing.py    each batch through every stage; then the source's position is stored
    extraction/      batches -> statements, ahead of writing: here, on Ray, or by other workers
    steps.py         the tasks: extract, write; isolation.py: one bad document alone fails
    report.py        what came of it; artifacts.py shows it at Prefect, as panels.py draws it
    watching.py      its new edges, and (drift.py) whether it looks like the runs before it
    ending.py        the state that Prefect is told, with the reason

`reconcile.py` retracts what the source no longer has, `retrain.py` makes a better checkpoint;
`erasing.py` and `corrections.py` do what people ask for. All of them get their parts from
`components.py`, their parameters from `params.py` and their record in the graph from `runs.py`.

A Prefect server that is away ends no run: `patience.py` waits for it, `showing.py` does without.

Every night: `deploying.py` makes a Prefect server what prefect.yaml says, `automations.py` what it
does by itself, `limits.py` what runs wait for, `status.py` what operators see.

Who asks and who looks is above them and unknown to them: `commands/`, the command line;
`evaluating/`, a checkpoint judged; `pages/`, HTML and plots.
"""
