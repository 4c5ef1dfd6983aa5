"""What is settled before a turn is planned: messages that no shop should answer as wishes, and personal data."""
