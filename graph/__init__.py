"""Statements in, a graph that answers Cypher out.

The path, one file per step:

    rows.py          Extraction -> rows                  pure
    entities.py      what documents say of an entity together    pure
    edges.py         Evidence -> edge                    pure
    writer.py        one transaction of whole documents
    edge_writer.py   the edges that it touched, recomputed
    queries.py       what people ask

`client.py` owns the driver and joins them; `statements.py` loads the Cypher of `cypher/`.
`server.py` starts `embedded.py`, the graph server of one machine, as a process of its own.
`snapshot.py` says whether two graphs are the same.
"""
