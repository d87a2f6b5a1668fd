"""``qa tune``: an organisation's own questions -> an embedding and a ranker that know its words."""
