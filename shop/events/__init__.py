"""What shoppers did and were shown: the events, how they are taken in, kept and read back."""
