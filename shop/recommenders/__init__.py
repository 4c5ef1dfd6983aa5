"""Models that learn from what shoppers did which products come next: fitted in jobs, asked in the service, measured
offline. Arrays in, arrays out: nothing here does I/O. Products are numbers from 0; catalogue ids stay outside."""
