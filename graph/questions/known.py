"""The procedures and functions that are known to only read the graph, in small letters.

Looked through on Neo4j 5.26, its APOC core, and ArcadeDB 26.10; whatever else they have, or get
from a plugin, is refused until somebody adds it here.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


PROCEDURES = words(
    """
    db.info db.labels db.ping db.propertykeys db.relationshiptypes dbms.components
    db.schema.visualization db.schema.nodetypeproperties db.schema.reltypeproperties
    db.index.fulltext.querynodes db.index.fulltext.queryrelationships
    db.index.vector.querynodes db.index.vector.queryrelationships
    meta.graph meta.nodetypeproperties meta.reltypeproperties meta.schema meta.stats
    apoc.meta.graph apoc.meta.nodetypeproperties apoc.meta.reltypeproperties apoc.meta.schema
    apoc.meta.stats
    path.expand path.expandconfig path.spanningtree path.subgraphall path.subgraphnodes
    apoc.path.expand apoc.path.expandconfig apoc.path.spanningtree apoc.path.subgraphall
    apoc.path.subgraphnodes
    """
)
FUNCTIONS = words(
    """
    abs acos all allreduce any asin atan atan2 avg btrim ceil ceiling char_length character_length
    coalesce collect cos cosh cot coth count date datetime degrees duration e elementid endnode
    exists exp extract filter floor haversin head id isempty isnan keys labels last left length ln
    localdatetime localtime log log10 lower ltrim max min none normalize nodes nullif percentilecont
    percentiledisc pi point properties radians rand randomuuid range reduce relationships replace
    reverse right round rtrim shortestpath allshortestpaths sign sin single sinh size split sqrt
    startnode stdev stdevp substring sum tail tan tanh time timestamp toboolean tobooleanlist
    tobooleanornull tofloat tofloatlist tofloatornull tointeger tointegerlist tointegerornull
    tolower tostring tostringlist tostringornull toupper trim type upper valuetype
    db.namefromelementid
    """
)
NAMESPACES = tuple(
    f"{name}."
    for name in (
        *("date", "datetime", "localdatetime", "localtime", "time", "duration", "point", "vector"),
        *("agg", "coll", "convert", "hashing", "label", "map", "math", "meta", "node", "number"),
        *("rel", "temporal", "text"),
    )
)
"""Of functions, ArcadeDB's and, behind `apoc.`, Neo4j's."""
SLOW = words(
    """
    text.random text.repeat text.lpad text.rpad text.format
    coll.fill coll.combinations coll.randomitems
    """
)
"""Of these namespaces, but as long as their argument says; no server stops them meanwhile."""
SHOWN = words("INDEX INDEXES CONSTRAINT CONSTRAINTS PROCEDURE PROCEDURES FUNCTION FUNCTIONS")
SHOWN_OF = words(
    """
    ALL RANGE FULLTEXT TEXT POINT VECTOR LOOKUP BUILT IN USER DEFINED EXECUTABLE
    UNIQUE UNIQUENESS NODE RELATIONSHIP REL KEY PROPERTY EXISTENCE EXIST TYPE
    """
)
"""Words beside these: of which kind."""
