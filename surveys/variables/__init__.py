"""Pure: answers as the variables of statistical packages: named, labelled, typed, with reasons for gaps."""
