"""`factloom`: the command line. `app.py` names the commands; beside it they lie by group.

graph.py       questions to the graph; operating.py, what people do to it and to documents
models.py      train, evaluate, retrain; registry.py, which checkpoint serves
export.py      the graph -> files: exporting.py; labels.py, verdicts -> labelled documents
entities.py    a knowledge base -> the file of entities
server.py      the graph server of one machine, the Prefect server, how both stand
doctor.py      what is wrong here: checks/ looks
setup.py       what servers need: secret_files.py; loading.py, files -> our Elasticsearch indices
demo.py        the samples, for real
local/         a command -> a run of a flow in this process, with Prefect's API for it
views/         what the terminal shows: the console, a run, an edge, scores
"""
