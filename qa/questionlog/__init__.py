"""The question log: what was asked, what came of it, what people said of it; off unless ``log.enabled`` is true."""
