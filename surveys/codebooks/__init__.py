"""Pure: what a data set holds, described for people and for archives: questions, values, frequencies, DDI."""
