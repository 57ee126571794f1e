// Version 0.1's, under which no two nodes Schema could have one version.
DROP CONSTRAINT schema_version IF EXISTS
