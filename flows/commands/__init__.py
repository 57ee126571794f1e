"""`factloom`: the command line. `cli.py` names the commands; one file for what each shows or does.

cli.py             the commands; *_commands.py, what they take
terminal.py        the console, errors as one line, the progress bar
local_run.py       a command -> a run of a flow in this process
local_api.py       Prefect's API for it; api_process.py, what runs in that process
summary.py         what a run did; explain.py, find.py, scores.py, what the graph and a model say
demo.py            the samples, for real
doctor.py          what is wrong here: checks.py, the machine; service_checks.py, the servers
setup.py           what servers need; loading.py, files -> our own Elasticsearch indices
exporting.py       the graph -> files; labels.py, people's verdicts -> labelled documents
entity_commands.py a knowledge base -> the file of entities
training.py        `train`; evaluation.py, `evaluate`
"""
