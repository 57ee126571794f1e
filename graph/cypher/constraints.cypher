// Uniqueness and plain indexes only: Neo4j Community has no other constraints.
CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT document_id IF NOT EXISTS FOR (n:Document) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT evidence_id IF NOT EXISTS FOR (n:Evidence) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT correction_id IF NOT EXISTS FOR (n:Correction) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT schema_id IF NOT EXISTS FOR (n:Schema) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT writer_id IF NOT EXISTS FOR (n:Writer) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT run_id IF NOT EXISTS FOR (n:Run) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT cursor_source IF NOT EXISTS FOR (n:Cursor) REQUIRE n.source IS UNIQUE;
CREATE CONSTRAINT failed_document_id IF NOT EXISTS FOR (n:FailedDocument) REQUIRE n.id IS UNIQUE;
CREATE INDEX entity_folded_name IF NOT EXISTS FOR (n:Entity) ON (n.folded_name);
CREATE INDEX evidence_edge IF NOT EXISTS FOR (n:Evidence) ON (n.edge);
CREATE INDEX evidence_document IF NOT EXISTS FOR (n:Evidence) ON (n.document);
CREATE INDEX correction_head IF NOT EXISTS FOR (n:Correction) ON (n.head);
CREATE INDEX correction_tail IF NOT EXISTS FOR (n:Correction) ON (n.tail);
