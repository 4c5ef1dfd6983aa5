"""Whether a passage of a document answers a question: read from both, learned from questions to other documents."""
