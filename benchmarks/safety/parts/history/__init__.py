"""Random histories of commands, and the graph that one clean run over their end gives.

engine      flows in this process, without Prefect's second for each of them; one can die in a write
reading     a stand-in for the model: documents say in plain words what edges there are
entries     the file of the entity index: entries appear, change and are merged
documents   the sources, as files that steps edit
verdicts    what people said and did not take back, in the end
world       all of these around one graph server, and the commands
judging     people at work
steps       what may happen, one step at a time
playing     random histories, their end beside a clean run, and shortening those that diverge
"""
