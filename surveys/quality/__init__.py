"""Pure: what a season of interviews says about how it was made; statistics in, findings out."""
