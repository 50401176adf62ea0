"""The expression language of XLSForms: text to JSON AST to closures. Pure."""
