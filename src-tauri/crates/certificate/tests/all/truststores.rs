//! Bundles of one, two and five certificates survive every format, in both directions, with all
//! their certificates: read back here, by OpenSSL, by keytool, by a Java program and by Python.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::made::ca;
use crate::readers::{java, python, run};
use proptest::prelude::*;
use rediseal_certificate::{
    Certificate, Contents, Error, Format, Kind, SHORTEST_PASSWORD, generate_password, pem_bundle,
};
use secrecy::{ExposeSecret as _, SecretString};

const PASSWORD: &str = "it's 6 $ a \"word\"";

fn password() -> SecretString {
    SecretString::from(PASSWORD)
}

fn bundle(names: &[&str]) -> Vec<Certificate> {
    names
        .iter()
        .map(|name| Certificate::from_der(ca(name)).unwrap())
        .collect()
}

fn bundles() -> [Vec<Certificate>; 3] {
    [
        bundle(&["TencentDB Redis CA"]),
        // Java's aliases differ in more than case.
        bundle(&["Root", "ROOT"]),
        bundle(&[
            "Root",
            "根证书",
            "",
            "Root/2",
            "a.very.long.name.of.a.certificate.authority.that.ends.nowhere.at.all",
        ]),
    ]
}

fn digests(certificates: &[Certificate]) -> Vec<String> {
    let sha256 = |one: &Certificate| one.facts().sha256.clone();
    certificates.iter().map(sha256).collect()
}

fn sorted(mut digests: Vec<String>) -> Vec<String> {
    digests.sort();
    digests
}

fn write(format: Format, certificates: &[Certificate]) -> Vec<Vec<u8>> {
    format.write(certificates, Some(&password())).unwrap()
}

fn read(bytes: &[u8]) -> Contents {
    Contents::read(bytes, Some(&password())).unwrap()
}

fn found(contents: &Contents) -> Vec<String> {
    let found = contents.certificates.iter();
    found
        .map(|one| one.certificate.facts().sha256.clone())
        .collect()
}

/// Files in a folder, each with what it holds.
struct Written {
    folder: tempfile::TempDir,
    files: Vec<(Format, String, Vec<String>)>,
}

impl Written {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut files = Vec::new();
        for certificates in bundles() {
            let count = certificates.len();
            for format in Format::ALL {
                let all = write(*format, &certificates);
                assert_eq!(all.len(), if format.is_of_one() { count } else { 1 });
                for (at, bytes) in all.iter().enumerate() {
                    let name = format!("{format:?}-{count}-{at}.{}", format.extension());
                    fs::write(folder.path().join(&name), bytes).unwrap();
                    let digests = digests(&certificates);
                    let expected = match format.is_of_one() {
                        true => vec![digests[at].clone()],
                        false => digests,
                    };
                    files.push((*format, name, expected));
                }
            }
        }
        Self { folder, files }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Of a program that prints `file NAME` and then the digests; `kind` is its word for a format.
    fn read_by(&self, mut program: Command, kind: impl Fn(Format) -> Option<&'static str>) {
        let mut expected = String::new();
        for (format, name, digests) in &self.files {
            if let Some(kind) = kind(*format) {
                program.args([kind, name, PASSWORD]);
                expected += &format!("file {name}\n{}\n", sorted(digests.clone()).join("\n"));
            }
        }
        let printed = run(&mut program, self.path());
        let mut files = Vec::new();
        for part in printed.split("file ").skip(1) {
            let (name, digests) = part.split_once('\n').unwrap();
            let digests = digests.lines().map(str::to_owned).collect();
            files.push(format!("file {name}\n{}\n", sorted(digests).join("\n")));
        }
        assert_eq!(files.concat(), expected);
    }
}

#[test]
fn what_is_written_is_read_here_in_order() {
    let written = Written::new();
    assert_eq!(written.files.len(), 3 * 4 + 2 * (1 + 2 + 5));
    for (format, name, expected) in &written.files {
        let contents = read(&fs::read(written.path().join(name)).unwrap());
        let kind = match format {
            Format::Pem | Format::PemEach => Kind::Pem,
            Format::Der => Kind::Der,
            Format::P7b => Kind::Pkcs7,
            Format::P12 => Kind::Pkcs12,
            Format::Jks => Kind::Jks,
        };
        assert_eq!(contents.kind, kind, "{name}");
        assert_eq!(&found(&contents), expected, "{name}");
    }
}

#[test]
fn a_java_program_trusts_all_of_it() {
    Written::new().read_by(java(), |format| {
        Some(match format {
            Format::P12 => "PKCS12",
            Format::Jks => "JKS",
            _ => "X.509",
        })
    });
}

#[test]
fn python_reads_all_of_it() {
    Written::new().read_by(python(), |format| match format {
        // Python has no reader of it that is kept up.
        Format::Jks => None,
        format => Some(format.extension()),
    });
}

#[test]
fn keytool_lists_each_as_trusted_under_its_name() {
    let written = Written::new();
    for (format, name, digests) in &written.files {
        if !format.needs_password() {
            continue;
        }
        let list = ["-list", "-v", "-keystore", name, "-storepass", PASSWORD];
        let listed = run(Command::new("keytool").args(list), written.path());
        let trusted = listed.matches("Entry type: trustedCertEntry").count();
        assert_eq!(trusted, digests.len(), "{name}: {listed}");
        let printed = listed.replace(':', "").to_lowercase();
        assert!(
            digests.iter().all(|one| printed.contains(one)),
            "{name}: {listed}"
        );
        let aliases: Vec<_> = listed
            .lines()
            .filter_map(|line| line.strip_prefix("Alias name: "))
            .collect();
        let mut expected = match digests.len() {
            1 => vec!["tencentdb-redis-ca"],
            2 => vec!["root", "root-2"],
            _ => vec![
                "root",
                "certificate",
                "certificate-2",
                "root-2",
                "a.very.long.name.of.a.certificate.authority.that.ends.nowhere.at",
            ],
        };
        // Java's own order is none.
        expected.sort_unstable();
        let mut aliases = aliases;
        aliases.sort_unstable();
        assert_eq!(aliases, expected, "{name}");
    }
}

#[test]
fn openssl_reads_all_of_it() {
    let written = Written::new();
    for (format, name, digests) in &written.files {
        let mut command = Command::new("openssl");
        match format {
            Format::Pem => command.args(["storeutl", "-certs", name]),
            Format::PemEach => command.args(["x509", "-in", name]),
            Format::Der => command.args(["x509", "-inform", "der", "-in", name]),
            Format::P7b => command.args(["pkcs7", "-inform", "der", "-print_certs", "-in", name]),
            Format::P12 => command
                .args(["pkcs12", "-nokeys", "-in", name, "-passin", "env:PASSWORD"])
                .env("PASSWORD", PASSWORD),
            Format::Jks => continue,
        };
        let printed = run(&mut command, written.path());
        // Its text around the blocks is read over here.
        assert_eq!(&found(&read(printed.as_bytes())), digests, "{name}");
    }
    // And not with another password.
    let wrong = Command::new("openssl")
        .args([
            "pkcs12",
            "-nokeys",
            "-in",
            "P12-1-0.p12",
            "-passin",
            "pass:wrong!",
        ])
        .current_dir(written.path())
        .output()
        .unwrap();
    assert!(!wrong.status.success());
}

#[test]
fn what_others_write_is_read_with_all_certificates() {
    let folder = tempfile::tempdir().unwrap();
    for certificates in bundles() {
        let expected = sorted(digests(&certificates));
        fs::write(folder.path().join("in.pem"), pem_bundle(&certificates)).unwrap();
        for kind in ["p7b", "p7b.pem", "p12", "java"] {
            let write = ["write", kind, "out", PASSWORD, "in.pem"];
            run(python().args(write), folder.path());
            let contents = read(&fs::read(folder.path().join("out")).unwrap());
            assert_eq!(sorted(found(&contents)), expected, "{kind}");
        }
        // What this program writes, through Java into each of its kinds of keystore.
        for (format, kind) in [(Format::P12, "jks"), (Format::Jks, "pkcs12")] {
            fs::write(
                folder.path().join("store"),
                &write(format, &certificates)[0],
            )
            .unwrap();
            let _ = fs::remove_file(folder.path().join("out"));
            let import = [
                "-importkeystore",
                "-noprompt",
                "-srckeystore",
                "store",
                "-srcstorepass",
                PASSWORD,
            ];
            let into = [
                "-destkeystore",
                "out",
                "-deststorepass",
                PASSWORD,
                "-deststoretype",
                kind,
            ];
            run(
                Command::new("keytool").args(import).args(into),
                folder.path(),
            );
            let contents = read(&fs::read(folder.path().join("out")).unwrap());
            assert_eq!(sorted(found(&contents)), expected, "{kind}");
        }
    }
}

#[test]
fn the_same_bytes_for_the_same_input_and_no_others() {
    let certificates = bundle(&["One", "Two"]);
    for format in Format::ALL {
        let first = write(*format, &certificates);
        assert_eq!(first, write(*format, &certificates), "{format:?}");
        let twice = [&certificates[..], &certificates[..]].concat();
        assert_eq!(first, write(*format, &twice), "{format:?}: each once");
        assert_ne!(first, write(*format, &certificates[..1]), "{format:?}");
        let other = SecretString::from("another password");
        let other = format.write(&certificates, Some(&other)).unwrap();
        assert_eq!(first != other, format.needs_password(), "{format:?}");
    }
}

#[test]
fn a_password_is_one_that_every_reader_takes() {
    let certificates = bundle(&["One"]);
    for format in [Format::P12, Format::Jks] {
        let with = |text: &str| format.write(&certificates, Some(&SecretString::from(text)));
        assert_eq!(
            with("12345"),
            Err(Error::PasswordTooShort {
                least: SHORTEST_PASSWORD
            })
        );
        assert_eq!(with("p\u{e4}ssword"), Err(Error::PasswordNotAscii));
        assert_eq!(with("pass\nword"), Err(Error::PasswordNotAscii));
        assert!(with("123456").is_ok());
        assert_eq!(
            format.write(&certificates, None),
            Err(Error::PasswordNeeded)
        );
    }
    for format in Format::ALL {
        let none = format.write(&[], Some(&password()));
        assert_eq!(none, Err(Error::NoneInside { private_keys: 0 }));
    }
    let [one, two] = [(); 2].map(|()| generate_password().unwrap());
    assert_eq!(one.expose_secret().len(), 24);
    assert_ne!(one.expose_secret(), two.expose_secret());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_bundle_and_password_come_back(
        names in proptest::collection::vec(".{0,12}", 1..6),
        password in "[ -~]{6,40}",
    ) {
        let certificates: Vec<_> = names
            .iter()
            .map(|name| Certificate::from_der(ca(name)).unwrap())
            .collect();
        let password = SecretString::from(password);
        for format in Format::ALL {
            let files = format.write(&certificates, Some(&password)).unwrap();
            let read = files.iter().map(|bytes| Contents::read(bytes, Some(&password)).unwrap());
            let back: Vec<_> = read
                .flat_map(|contents| contents.certificates)
                .map(|found| found.certificate)
                .collect();
            prop_assert_eq!(&back, &certificates);
        }
    }
}
