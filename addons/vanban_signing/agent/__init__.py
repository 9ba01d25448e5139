"""The local signing agent: a small program on the user's own machine between the browser and the token.

It listens on 127.0.0.1 only, is paired once, answers only the paired origin, shows what it signs, asks for the PIN itself, and does
nothing with the token but read certificates and sign. It depends on python-pkcs11 and asn1crypto alone.
"""
