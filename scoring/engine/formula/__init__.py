"""The little language of the rule ``formula`` (methodology, section 2): text → tokens → expression → number.

``parsing.parse_number_formula`` and ``parse_condition`` check a text once, with the position of what is wrong;
``expressions`` computes what they return. Nothing here runs text as code, and everything has a limit: the length of a
text, how deep it nests, and how large a number may become on the way.
"""
