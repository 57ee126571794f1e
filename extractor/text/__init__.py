"""A text before any model reads it: sentences, language, words, word pieces."""
