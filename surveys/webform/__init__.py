"""Edge: questionnaires as pages that work without JavaScript."""
