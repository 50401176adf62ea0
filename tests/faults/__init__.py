"""All parts killed, stopped and cut off while everybody works; `make faults`."""
