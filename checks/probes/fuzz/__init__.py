"""
Asking a system in words of one's own: what it describes, and what nobody wrote down.

:mod:`described` reads a system's OpenAPI description with Schemathesis and has
it make questions of it; :mod:`asking` puts questions to a door; :mod:`exploring`
lets Schemathesis ask by itself, in all its phases; :mod:`wellknown` is what
somebody tries who has no description.
"""
