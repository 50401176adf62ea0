"""What is wrong, or may be, with a form in a workbook: all findings at once, each with its cell."""
