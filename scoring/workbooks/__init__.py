"""Pure: schemes in the sheets of a questionnaire's workbook, read with all faults, and written."""
