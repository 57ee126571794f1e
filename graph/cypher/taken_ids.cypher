// Nodes of users that have an id which is to be ours.
UNWIND $rows AS id
MATCH (n:__LABEL__ {id: id})
WHERE n[$marker] IS NULL
RETURN DISTINCT id AS key
