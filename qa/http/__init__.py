"""The parts of the HTTP door: what is answered (questions, documents, health) and what guards it (keys, limits)."""
