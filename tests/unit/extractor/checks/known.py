"""Entities with facts, and statements of them."""

from __future__ import annotations

from extractor.schema import Entity, Mention, Statement

UK, USA, PORTUGAL = "wikidata:Q145", "wikidata:Q30", "wikidata:Q45"
EUROPE, CALIFORNIA, ENGLAND = "wikidata:Q46", "wikidata:Q99", "wikidata:Q21"
LOS_ANGELES, LONDON, ADA = "wikidata:Q65", "wikidata:Q84", "wikidata:Q7259"
FACTS: dict[str, tuple[tuple[str, str], ...]] = {
    UK: (("P30", EUROPE), ("P36", LONDON)),
    PORTUGAL: (("P30", EUROPE),),
    USA: (("P17", USA),),
    CALIFORNIA: (("P17", USA),),
    ENGLAND: (("P17", UK), ("P131", UK)),
    LOS_ANGELES: (("P131", CALIFORNIA), ("P17", USA)),
    LONDON: (("P131", ENGLAND), ("P17", UK)),
    ADA: (("P19", LONDON), ("P27", UK)),
}


def entity(id_: str, name: str = "", type_: str = "", *, linked: bool = True) -> Entity:
    """Return an entity with what is known of it."""
    type_ = type_ or ("PER" if id_ == ADA else "LOC")
    return Entity(
        id=id_,
        name=name or id_,
        type=type_,
        mentions=(Mention(start=0, end=1, type=type_),),
        linked=linked,
        facts=FACTS.get(id_, ()) if linked else (),
    )


def statement(
    head: str, relation: str, tail: str, probability: float = 0.8, margin: float = 1.0
) -> Statement:
    """Return what a document says."""
    return Statement(
        head=head,
        relation=relation,
        tail=tail,
        margin=margin,
        probability=probability,
        sentences=(0,),
        text="So it says.",
    )
