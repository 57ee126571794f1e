"""Fields of a record, in the forms in which sources write them. Pure."""
