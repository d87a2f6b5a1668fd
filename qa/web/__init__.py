"""The pages: templates, what they show, and the little script that makes them quicker; they work without it."""
