// What analysts ask, written as people write it who know Cypher and have not read our cookbook.
// Every query ends with a semicolon; its comment says what it asks. Each has a whole order, so
// that two servers have to give the same rows.

// What the documents of one source say, evidence joined by ids
MATCH (d:Document {source: 'mine'})
MATCH (v:Evidence {document: d.id})
MATCH (h:Entity {id: v.head})
MATCH (t:Entity {id: v.tail})
RETURN d.title AS title, h.name AS head, v.relation AS relation, t.name AS tail, v.text AS text
ORDER BY v.id
LIMIT 5;

// The same for documents whose id begins with something
MATCH (d:Document)
WHERE d.id STARTS WITH 'mine:1'
MATCH (v:Evidence {document: d.id})
MATCH (h:Entity {id: v.head})
MATCH (t:Entity {id: v.tail})
RETURN d.title AS title, h.name AS head, v.relation AS relation, t.name AS tail
ORDER BY v.id
LIMIT 5;

// The same in one pattern with commas
MATCH (d:Document {source: 'reports'}), (v:Evidence {document: d.id}), (h:Entity {id: v.head}),
      (t:Entity {id: v.tail})
RETURN d.title AS title, h.name AS head, v.relation AS relation, t.name AS tail
ORDER BY v.id
LIMIT 5;

// The same, joined in WHERE
MATCH (v:Evidence)-[:FROM]->(d:Document)
MATCH (h:Entity), (t:Entity)
WHERE d.source = 'mine' AND h.id = v.head AND t.id = v.tail AND v.probability > 0.985
RETURN d.title AS title, h.name AS head, v.relation AS relation, t.name AS tail,
       v.probability AS probability
ORDER BY probability DESC, v.id
LIMIT 10;

// The surest statements of all, with names
MATCH (v:Evidence)
MATCH (h:Entity {id: v.head})
MATCH (t:Entity {id: v.tail})
RETURN h.name AS head, v.relation AS relation, t.name AS tail, v.probability AS probability
ORDER BY probability DESC, v.id
LIMIT 10;

// What one document says, with the edge and all that supports it
MATCH (v:Evidence {document: 'samples:marie-curie'})
MATCH (h:Entity {id: v.head})-[r]->(t:Entity {id: v.tail})
WHERE r.id = v.relation
RETURN h.name AS head, type(r) AS relation, t.name AS tail, r.documents AS documents,
       r.probability AS probability
ORDER BY head, relation, tail;

// How many statements each source gave
MATCH (v:Evidence)-[:FROM]->(d:Document)
RETURN d.source AS source, count(v) AS statements, count(DISTINCT d) AS documents
ORDER BY source;

// Statements and documents per year
MATCH (d:Document)<-[:FROM]-(v:Evidence)
RETURN substring(d.updated_at, 0, 4) AS year, count(DISTINCT d) AS documents,
       count(v) AS statements
ORDER BY year;

// New edges per year and relation
MATCH (:Entity)-[r]->(:Entity)
WHERE r.status IN ['asserted', 'confirmed']
RETURN substring(r.first_seen, 0, 4) AS year, type(r) AS relation, count(*) AS edges
ORDER BY year, edges DESC, relation;

// People whose name contains a word
MATCH (p:Person)
WHERE p.name CONTAINS 'Gage'
RETURN p.name AS name, p.id AS id
ORDER BY name, id
LIMIT 20;

// Names that begin like this, without case
MATCH (e:Entity)
WHERE toLower(e.name) STARTS WITH 'marie'
RETURN e.name AS name, e.type AS type
ORDER BY name, e.id;

// An entity by its name, and everything about it
MATCH (e:Entity {name: 'Marie Curie'})-[r]->(t:Entity)
RETURN type(r) AS relation, t.name AS tail, r.probability AS probability, r.status AS status
ORDER BY relation, probability DESC, t.id;

// How many entities there are of each type
MATCH (e:Entity)
RETURN e.type AS type, count(*) AS entities, sum(CASE WHEN e.linked THEN 1 ELSE 0 END) AS linked
ORDER BY type;

// The largest employers
MATCH (p:Person)-[r:EMPLOYER]->(o:Organization)
WHERE r.status IN ['asserted', 'confirmed']
RETURN o.name AS organization, count(p) AS people
ORDER BY people DESC, organization
LIMIT 10;

// Employers of people who were born in one place
MATCH (place:Entity {name: 'Ireland'})<-[:PLACE_OF_BIRTH]-(p:Person)-[:EMPLOYER]->(o:Organization)
RETURN o.name AS organization, count(DISTINCT p) AS people
ORDER BY people DESC, organization
LIMIT 10;

// Two relations chained: who works for a firm with its seat in France
MATCH (p:Person)-[:EMPLOYER]->(o:Organization)-[:HEADQUARTERS_LOCATION]->(l:Location)
WHERE l.name = 'France'
RETURN p.name AS person, o.name AS organization
ORDER BY person, organization
LIMIT 20;

// Neighbours of neighbours of one person, by how many lead to them
MATCH (e:Entity {folded_name: 'pierre curie'})-[]-(near:Entity)-[]-(far:Entity)
WHERE far <> e AND near.type = 'PER'
RETURN far.name AS name, far.id AS id, count(DISTINCT near) AS through
ORDER BY through DESC, id
LIMIT 10;

// Which entities occur together with one, and in how many documents
MATCH (e:Entity {folded_name: 'ballymote'})-[:MENTIONED_IN]->(d:Document)
MATCH (d)<-[:MENTIONED_IN]-(other:Entity)
WHERE other.id <> e.id
RETURN other.name AS name, count(d) AS documents
ORDER BY documents DESC, name
LIMIT 10;

// Documents that are about the same as one
MATCH (d:Document {id: 'samples:marie-curie'})<-[:MENTIONED_IN]-(e:Entity)
MATCH (e)-[:MENTIONED_IN]->(o:Document)
WHERE o.id <> d.id
RETURN o.id AS document, o.title AS title, count(e) AS shared
ORDER BY shared DESC, document
LIMIT 10;

// Documents that say the same of two entities
MATCH (v:Evidence {document: 'samples:marie-curie'})
MATCH (w:Evidence {edge: v.edge})
WHERE w.document <> v.document
RETURN v.edge AS edge, count(DISTINCT w.document) AS documents
ORDER BY documents DESC, edge
LIMIT 10;

// Who says so: all sentences for one edge between two people, by name
MATCH (h:Entity {name: 'Marie Curie'})-[r:SPOUSE]->(t:Entity {name: 'Pierre Curie'})
MATCH (v:Evidence {head: h.id, tail: t.id, relation: r.id})-[:FROM]->(d:Document)
RETURN d.title AS title, d.url AS url, v.text AS text, v.probability AS probability
ORDER BY probability DESC, v.id;

// Who says so, for everyone who was born in France
MATCH (p:Person)-[r:PLACE_OF_BIRTH]->(l:Location {name: 'France'})
MATCH (v:Evidence {edge: p.id + '|' + r.id + '|' + l.id})-[:FROM]->(d:Document)
RETURN p.name AS person, d.source AS source, d.title AS title, v.probability AS probability
ORDER BY probability DESC, v.id
LIMIT 20;

// What only one source says
MATCH (v:Evidence)-[:FROM]->(d:Document)
WITH v.edge AS edge, collect(DISTINCT d.source) AS sources
WHERE size(sources) = 1
RETURN sources[0] AS source, count(edge) AS edges
ORDER BY source;

// What two sources say independently
MATCH (d:Document {source: 'mine'})<-[:FROM]-(v:Evidence)
MATCH (w:Evidence {edge: v.edge})-[:FROM]->(o:Document {source: 'wires'})
RETURN v.edge AS edge, count(DISTINCT d) AS mine, count(DISTINCT o) AS wires
ORDER BY mine + wires DESC, edge
LIMIT 10;

// People with two dates of birth
MATCH (p:Person)-[r:DATE_OF_BIRTH]->(t:Entity)
WHERE r.status IN ['asserted', 'confirmed']
WITH p, collect(t.name) AS dates, count(t) AS n
WHERE n > 1
RETURN p.name AS person, n AS dates
ORDER BY dates DESC, person
LIMIT 20;

// People who died before they were born
MATCH (b:Entity)<-[:DATE_OF_BIRTH]-(p:Person)-[:DATE_OF_DEATH]->(d:Entity)
WHERE b.name =~ '[0-9]{4}' AND d.name =~ '[0-9]{4}' AND d.name < b.name
RETURN p.name AS person, b.name AS born, d.name AS died
ORDER BY person, born, died
LIMIT 20;

// People and, where known, who they married
MATCH (p:Person)
OPTIONAL MATCH (p)-[r:SPOUSE]-(s:Person)
RETURN p.name AS person, count(s) AS spouses
ORDER BY spouses DESC, person
LIMIT 20;

// Firms without a known seat
MATCH (o:Organization)
WHERE NOT (o)-[:HEADQUARTERS_LOCATION]->()
RETURN count(o) AS organizations;

// Documents from which nothing was extracted
MATCH (d:Document)
WHERE NOT EXISTS { (d)<-[:FROM]-(:Evidence) }
RETURN d.source AS source, count(d) AS documents
ORDER BY source;

// How well connected each entity is
MATCH (e:Entity)
RETURN e.name AS name, COUNT { (e)-->(:Entity) } AS out, COUNT { (e)<--(:Entity) } AS in
ORDER BY out + in DESC, e.id
LIMIT 10;

// The most mentioned people of each source
MATCH (p:Person)-[m:MENTIONED_IN]->(d:Document)
WITH d.source AS source, p, sum(m.count) AS mentions
ORDER BY source, mentions DESC, p.id
WITH source, collect(p.name)[..3] AS people
RETURN source, people
ORDER BY source;

// The surest statement of each document of a source
MATCH (d:Document {source: 'reports'})
CALL {
  WITH d
  MATCH (v:Evidence)-[:FROM]->(d)
  RETURN v ORDER BY v.probability DESC, v.id LIMIT 1
}
RETURN d.id AS document, v.edge AS edge, v.probability AS probability
ORDER BY probability DESC, document
LIMIT 10;

// How two people are connected, within three steps
MATCH p = shortestPath((a:Entity {folded_name: 'marie curie'})-[*..3]-(b:Entity {id: 'wikidata:PER40'}))
RETURN length(p) AS steps;

// Ancestors
MATCH (p:Person {folded_name: 'marie curie'})-[:FATHER*1..3]->(a:Person)
RETURN DISTINCT a.name AS ancestor
ORDER BY ancestor;

// Where a place lies, up to three steps out
MATCH (l:Location {name: 'Ballymote'})-[:COUNTRY|PART_OF*1..2]->(c:Location)
RETURN c.name AS place, count(*) AS ways
ORDER BY ways DESC, place
LIMIT 10;

// Triangles: two people who work for one firm and are siblings
MATCH (a:Person)-[:SIBLING]->(b:Person), (a)-[:EMPLOYER]->(o:Organization)<-[:EMPLOYER]-(b)
RETURN a.name AS one, b.name AS other, o.name AS organization
ORDER BY one, other, organization
LIMIT 20;

// Relations that run both ways between the same two entities
MATCH (a:Entity)-[r]->(b:Entity)-[s]->(a)
WHERE a.id < b.id AND type(r) = type(s)
RETURN type(r) AS relation, count(*) AS pairs
ORDER BY pairs DESC, relation;

// Verdicts, with the names of both ends
MATCH (c:Correction)
MATCH (h:Entity {id: c.head})
MATCH (t:Entity {id: c.tail})
RETURN c.verdict AS verdict, h.name AS head, c.relation AS relation, t.name AS tail, c.by AS by
ORDER BY c.id
LIMIT 20;

// Evidence that people rejected, by source
MATCH (c:Correction {verdict: 'rejected'})
MATCH (v:Evidence {head: c.head, relation: c.relation, tail: c.tail})-[:FROM]->(d:Document)
RETURN d.source AS source, count(v) AS statements
ORDER BY source;

// Edges that are stated more often than once but hardly sure
MATCH (h:Entity)-[r]->(t:Entity)
WHERE r.documents >= 3 AND r.probability < 0.95 AND r.status = 'asserted'
RETURN h.name AS head, type(r) AS relation, t.name AS tail, r.documents AS documents
ORDER BY documents DESC, h.id, relation, t.id
LIMIT 20;

// Where two checkpoints or runs meet: what each run left
MATCH (v:Evidence)
RETURN v.run AS run, v.checkpoint AS checkpoint, count(*) AS statements,
       round(avg(v.probability), 6) AS probability
ORDER BY run, checkpoint;

// Statements per document, as a distribution
MATCH (d:Document)
OPTIONAL MATCH (d)<-[:FROM]-(v:Evidence)
WITH d, count(v) AS statements
RETURN statements, count(d) AS documents
ORDER BY statements;

// Countries by what is known of them, in and out of one source
MATCH (l:Location)<-[r:COUNTRY]-(x:Location)
WITH l, count(r) AS places
ORDER BY places DESC, l.id
LIMIT 5
MATCH (l)-[:MENTIONED_IN]->(d:Document)
RETURN l.name AS country, places, sum(CASE d.source WHEN 'mine' THEN 1 ELSE 0 END) AS mine,
       count(d) AS documents
ORDER BY places DESC, country;

// Names that several entities share
MATCH (a:Entity), (b:Entity)
WHERE a.folded_name = b.folded_name AND a.id < b.id
RETURN a.name AS name, a.id AS one, b.id AS other
ORDER BY name, one, other
LIMIT 20;

// Entities that one source has and another lacks
MATCH (e:Entity)-[:MENTIONED_IN]->(:Document {source: 'mine'})
WHERE NOT EXISTS { (e)-[:MENTIONED_IN]->(:Document {source: 'wires'}) }
RETURN e.type AS type, count(DISTINCT e) AS entities
ORDER BY type;
