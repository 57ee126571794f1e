"""Word pieces -> hidden states: what every stage that reads text stands on."""
