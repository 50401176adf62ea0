"""Files of data, whoever made them, as tables of texts that are read a row at a time."""
