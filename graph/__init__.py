"""Statements in, a graph that answers Cypher out.

The path, one file per step:

    writer.py        what one run writes
    rows.py          Extraction -> rows                  pure
    entities.py      what documents say of an entity together    pure
    relinking.py     which entity an old one has become          pure
    edges.py         Evidence -> edge                    pure
    document_writer.py   one transaction of whole documents
    entity_writer.py the entities that it touched, made what supports them
    edge_writer.py   the edges that it touched, recomputed
    corrections.py   people's verdicts; correction_rows.py stores them
    runs.py          who may write
    queries.py       what people ask
    reading.py       what they may ask in Cypher: tokens.py, known.py and loops.py

`connection.py` owns the driver, `client.py` joins them, `statements.py` loads their Cypher.
`server.py` starts `embedded.py`, the graph server of one machine, as a process of its own.
`snapshot.py` says whether two graphs are the same.
"""

QUERY_SECONDS = 60.0
"""How long people's queries may take, where nobody says otherwise; the server ends them then."""
