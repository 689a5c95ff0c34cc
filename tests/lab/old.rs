//! Certificates that only OpenSSL still makes.

use std::path::Path;

use tempfile::TempDir;

use crate::children::{openssl, run};
use crate::pki::{Authority, Identity};

/// As the lab's other certificates.
const BEGINS: [&str; 2] = ["2020-01-01 00:00:00", "openssl"];

/// A certificate and its key, PEM.
pub(crate) struct Issued {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// What is to be made.
pub(crate) struct Recipe<'a> {
    /// As `openssl genpkey` takes it.
    pub(crate) key: &'a [&'a str],
    /// As `openssl x509` takes it.
    pub(crate) options: &'a [&'a str],
    /// A file of extensions; without one the certificate is of X.509 version 1.
    pub(crate) extensions: Option<&'a str>,
    pub(crate) subject: &'a str,
}

pub(crate) const RSA_1024: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"];
pub(crate) const RSA_2048: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
pub(crate) const SECP256K1: &[&str] = &[
    "-algorithm",
    "EC",
    "-pkeyopt",
    "ec_paramgen_curve:secp256k1",
];
pub(crate) const ED448: &[&str] = &["-algorithm", "ED448"];

/// For the address of the lab.
pub(crate) const SERVER: Recipe<'_> = Recipe {
    key: RSA_2048,
    options: &[],
    extensions: Some("subjectAltName=IP:127.0.0.1,DNS:localhost"),
    subject: "/CN=Old",
};

pub(crate) const AUTHORITY: Recipe<'_> = Recipe {
    key: RSA_2048,
    options: &[],
    extensions: Some("basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign"),
    subject: "/CN=Old CA",
};

impl Issued {
    pub(crate) fn by(ca: &Authority, recipe: &Recipe<'_>) -> Self {
        Self::signed(&ca.pem(), &ca.key_pem(), recipe)
    }

    pub(crate) fn below(ca: &Self, recipe: &Recipe<'_>) -> Self {
        Self::signed(&ca.certificate, &ca.key, recipe)
    }

    pub(crate) fn root(recipe: &Recipe<'_>) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path();
        request(path, recipe);
        let own = ["-signkey", "key.pem"];
        Self::sign(path, &own, recipe)
    }

    fn signed(ca: &str, ca_key: &str, recipe: &Recipe<'_>) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path();
        std::fs::write(path.join("ca.pem"), ca).unwrap();
        std::fs::write(path.join("ca-key.pem"), ca_key).unwrap();
        request(path, recipe);
        let signer = ["-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial"];
        Self::sign(path, &signer, recipe)
    }

    fn sign(path: &Path, signer: &[&str], recipe: &Recipe<'_>) -> Self {
        let mut arguments = vec!["x509", "-req", "-in", "request.pem", "-out", "cert.pem"];
        arguments.extend(["-days", "9000"]);
        arguments.extend(signer);
        arguments.extend(recipe.options);
        if let Some(extensions) = recipe.extensions {
            std::fs::write(path.join("extensions"), extensions).unwrap();
            arguments.extend(["-extfile", "extensions"]);
        }
        // It cannot be told when a certificate begins, and the lab's time stands still.
        let output = run("faketime", path, &[&BEGINS[..], &arguments].concat());
        assert!(output.status.success(), "{output:?}");
        let read = |file| std::fs::read_to_string(path.join(file)).unwrap();
        Self {
            certificate: read("cert.pem"),
            key: read("key.pem"),
        }
    }

    /// With what it sends beside its own certificate.
    pub(crate) fn sending(&self, others: &[&Self]) -> Identity {
        let mut chain = self.certificate.clone();
        for other in others {
            chain.push_str(&other.certificate);
        }
        Identity::from_pem(&chain, &self.key)
    }

    pub(crate) fn identity(&self) -> Identity {
        self.sending(&[])
    }
}

fn request(path: &Path, recipe: &Recipe<'_>) {
    let key = [&["genpkey", "-out", "key.pem"][..], recipe.key].concat();
    succeed(path, &key);
    let request = ["req", "-new", "-key", "key.pem", "-out", "request.pem"];
    succeed(path, &[&request[..], &["-subj", recipe.subject]].concat());
}

fn succeed(path: &Path, arguments: &[&str]) {
    let output = openssl(path, arguments);
    assert!(output.status.success(), "{output:?}");
}
