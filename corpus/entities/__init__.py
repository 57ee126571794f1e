"""The entity index: which entities a name may stand for."""
