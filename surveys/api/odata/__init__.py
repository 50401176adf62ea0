"""Interviews as tables that Excel, Power BI and others open: an OData 4.0 feed, read only."""
