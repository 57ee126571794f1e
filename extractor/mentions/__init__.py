"""Document -> Mention: spans of words, scored as one of six types."""
