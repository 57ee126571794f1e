"""Statements in, a graph that answers Cypher out.

client.py    opens a graph: what people and flows ask of it
writing/     what a run writes to it: documents, people's verdicts, merged ids
export/      the graph as files
reading/     what is asked of it: entities, edges, documents, runs
driver/      the only way to the server: connections, turns, statements
questions/   queries that people write themselves: which may be sent, and how
model/       extractions -> rows, evidence -> edge: all that needs no server
server/      the graph server of one machine, a process of its own
cypher/      the statements, one file each
"""

QUERY_SECONDS = 60.0
"""How long people's queries may take, where nobody says otherwise; the server ends them then."""
