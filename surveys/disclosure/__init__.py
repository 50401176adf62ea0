"""Pure: data given away without names: pseudonyms, coarser answers, and who still stands out."""
