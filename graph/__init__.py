"""Statements in, a graph that answers Cypher out.

The path, one file per step:

    writer.py        what one run writes
    rows.py          Extraction -> rows                  pure
    entities.py      what documents say of an entity together    pure
    successors.py    which entity an old one has become          pure
    entity_plan.py   what is to be written of entities           pure
    edges.py         Evidence -> edge, and what is to be written of edges    pure
    document_writer.py   one transaction of whole documents
    entity_writer.py the entities that it touched: read, planned, written
    edge_writer.py   the edges that it touched: read, planned, written
    verdicts.py      people's verdicts; corrections.py stores them
    champion.py      edges that are to count another checkpoint first
    runs.py          who may write
    queries.py       what people ask
    reading.py       what they may ask in Cypher: tokens.py, known.py and loops.py

`connection.py` owns the driver, `client.py` joins them, `statements.py` loads their Cypher.
`server.py` starts `embedded.py`, the graph server of one machine, as a process of its own.
`snapshot.py` says whether two graphs are the same.
"""

QUERY_SECONDS = 60.0
"""How long people's queries may take, where nobody says otherwise; the server ends them then."""
