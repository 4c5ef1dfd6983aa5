"""The jobs over many events: time, processor and memory of each."""
