"""Prints the SHA-256 of each certificate in a file: KIND FILE PASSWORD, three for each file.

`write KIND FILE PASSWORD PEM` writes one instead, as this library does."""

import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12


def read(kind, data, password):
    if kind == "p12":
        store = pkcs12.load_pkcs12(data, password)
        assert store.key is None and store.cert is None
        return [entry.certificate for entry in store.additional_certs]
    if kind == "p7b":
        return pkcs7.load_der_pkcs7_certificates(data)
    if kind == "der":
        return [x509.load_der_x509_certificate(data)]
    return x509.load_pem_x509_certificates(data)


def write(kind, certificates, password):
    if kind == "p7b":
        return pkcs7.serialize_certificates(certificates, serialization.Encoding.DER)
    if kind == "p7b.pem":
        return pkcs7.serialize_certificates(certificates, serialization.Encoding.PEM)
    entries = [pkcs12.PKCS12Certificate(one, b"name %d" % at) for at, one in enumerate(certificates)]
    encryption = serialization.BestAvailableEncryption(password)
    if kind == "java":
        return pkcs12.serialize_java_truststore(entries, encryption)
    return pkcs12.serialize_key_and_certificates(None, None, None, certificates, encryption)


arguments = sys.argv[1:]
if arguments[0] == "write":
    _, kind, path, password, pem = arguments
    with open(pem, "rb") as file:
        certificates = x509.load_pem_x509_certificates(file.read())
    with open(path, "wb") as file:
        file.write(write(kind, certificates, password.encode()))
else:
    for kind, path, password in zip(arguments[0::3], arguments[1::3], arguments[2::3]):
        print("file", path)
        with open(path, "rb") as file:
            for certificate in read(kind, file.read(), password.encode()):
                print(certificate.fingerprint(hashes.SHA256()).hex())
