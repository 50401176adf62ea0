"""Workers, Redis and PostgreSQL killed while everybody is judged again; `make faults`."""
