"""Lets the vendor's tools trust the CA in REQUESTS_CA_BUNDLE.

Their HTTP layer names certifi's own file to requests, which makes requests ignore the variable.
Distributions patch certifi in the same way to use the system's certificates.
"""

import os

if "REQUESTS_CA_BUNDLE" in os.environ:
    import certifi

    certifi.where = lambda: os.environ["REQUESTS_CA_BUNDLE"]
