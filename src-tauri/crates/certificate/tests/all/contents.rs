//! Files of every kind, with passwords and without, made by OpenSSL and by keytool, and hostile
//! ones.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::made::{ca, pem};
use proptest::prelude::*;
use rcgen::{CertificateParams, KeyPair};
use rediseal_certificate::{CERTIFICATE_LIMIT, Contents, Error, FILE_LIMIT, Kind};
use secrecy::SecretString;

fn read(bytes: &[u8], password: Option<&str>) -> Result<Contents, Error> {
    let password = password.map(SecretString::from);
    Contents::read(bytes, password.as_ref())
}

fn subjects(contents: &Contents) -> Vec<&str> {
    let found = contents.certificates.iter();
    found
        .map(|one| one.certificate.facts().subject.as_str())
        .collect()
}

/// A folder for files that other programs make.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), content).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap()
    }

    /// In the folder; it has to succeed.
    fn run(&self, line: &str) {
        let mut words = line.split(' ');
        let output = Command::new(words.next().unwrap())
            .args(words)
            .current_dir(self.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{line}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// `leaf.pem` with its `key.pem`, and `bundle.pem` of these CAs.
    fn with_certificates(names: &[&str]) -> Self {
        let folder = Self::new();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["redis.example".to_owned()]).unwrap();
        folder.write("key.pem", key.serialize_pem());
        folder.write("leaf.pem", params.self_signed(&key).unwrap().pem());
        let all: String = names.iter().map(|name| pem(&ca(name))).collect();
        folder.write("bundle.pem", all);
        folder
    }
}

const NAMES: &[&str] = &["One", "Two", "Three", "Four", "Five"];
const SUBJECTS: &[&str] = &["CN=One", "CN=Two", "CN=Three", "CN=Four", "CN=Five"];

#[test]
fn pkcs12_of_every_protection_that_openssl_writes_is_read() {
    let folder = Folder::with_certificates(NAMES);
    for protection in [
        "",
        "-legacy",
        "-legacy -certpbe PBE-SHA1-RC2-128 -macalg sha1",
        "-legacy -certpbe PBE-SHA1-3DES -macalg sha384",
        "-legacy -certpbe PBE-SHA1-2DES -macalg sha224",
        "-certpbe AES-128-CBC -macalg sha512",
        "-certpbe AES-192-CBC -iter 1",
        "-certpbe DES-EDE3-CBC",
        "-certpbe NONE",
        "-nomac -certpbe AES-256-CBC",
    ] {
        folder.run(
            format!(
                "openssl pkcs12 -export -nokeys -in bundle.pem -out a.p12 -passout pass:p\u{e4}ss-\u{4e2d} {protection}"
            )
            .trim_end(),
        );
        let bytes = folder.read("a.p12");
        let found = read(&bytes, Some("p\u{e4}ss-\u{4e2d}")).unwrap();
        assert_eq!(found.kind, Kind::Pkcs12);
        assert_eq!(subjects(&found), SUBJECTS, "{protection}");
        assert_eq!(
            read(&bytes, None),
            Err(Error::PasswordNeeded),
            "{protection}"
        );
        let wrong = read(&bytes, Some("wrong"));
        assert_eq!(wrong, Err(Error::PasswordWrong), "{protection}");
    }
}

#[test]
fn an_empty_password_is_none() {
    let folder = Folder::with_certificates(&["One"]);
    for options in [
        "-passout pass:",
        "-passout pass: -legacy",
        "-passout pass:x -nomac -certpbe NONE",
    ] {
        folder.run(&format!(
            "openssl pkcs12 -export -nokeys -in bundle.pem -out a.p12 {options}"
        ));
        let found = read(&folder.read("a.p12"), None).unwrap();
        assert_eq!(subjects(&found), ["CN=One"], "{options}");
    }
}

#[test]
fn keys_in_a_pkcs12_are_counted_and_their_chain_is_read() {
    let folder = Folder::with_certificates(&["One", "Two"]);
    folder.run("openssl pkcs12 -export -inkey key.pem -in leaf.pem -certfile bundle.pem -name server -out a.p12 -passout pass:secret");
    let found = read(&folder.read("a.p12"), Some("secret")).unwrap();
    assert_eq!((found.private_keys, found.certificates.len()), (1, 3));
    assert_eq!(found.certificates[0].alias.as_deref(), Some("server"));
    folder.run("openssl pkcs12 -export -inkey key.pem -nocerts -out a.p12 -passout pass:secret");
    assert_eq!(
        read(&folder.read("a.p12"), Some("secret")),
        Err(Error::NoneInside { private_keys: 1 })
    );
}

#[test]
fn what_keytool_keeps_is_read() {
    let folder = Folder::with_certificates(&[]);
    for kind in ["jks", "pkcs12"] {
        for name in ["One", "Two"] {
            folder.write("ca.pem", pem(&ca(name)));
            folder.run(&format!("keytool -importcert -noprompt -storetype {kind} -keystore {kind}.jks -storepass changeit -alias {name} -file ca.pem"));
        }
        // A key with its chain.
        folder.run("openssl pkcs12 -export -inkey key.pem -in leaf.pem -name server -out key.p12 -passout pass:changeit");
        folder.run(&format!("keytool -importkeystore -noprompt -srckeystore key.p12 -srcstorepass changeit -destkeystore {kind}.jks -deststoretype {kind} -deststorepass changeit"));
        let bytes = folder.read(&format!("{kind}.jks"));
        let found = read(&bytes, Some("changeit")).unwrap();
        let expected = match kind {
            "jks" => Kind::Jks,
            _ => Kind::Pkcs12,
        };
        assert_eq!(found.kind, expected);
        assert_eq!(found.private_keys, 1, "{kind}");
        let mut aliases: Vec<_> = found
            .certificates
            .iter()
            .map(|one| one.alias.clone().unwrap().to_lowercase())
            .collect();
        aliases.sort();
        assert_eq!(aliases, ["one", "server", "two"], "{kind}");
        assert_eq!(read(&bytes, None), Err(Error::PasswordNeeded));
        assert_eq!(read(&bytes, Some("wrong")), Err(Error::PasswordWrong));
    }
}

#[test]
fn a_jks_that_was_touched_does_not_open() {
    let folder = Folder::with_certificates(&["One"]);
    folder.run("keytool -importcert -noprompt -storetype jks -keystore a.jks -storepass changeit -alias one -file bundle.pem");
    let good = folder.read("a.jks");
    let mut bytes = good.clone();
    // The time of the entry, which nothing else would notice.
    bytes[25] ^= 1;
    assert_eq!(read(&bytes, Some("changeit")), Err(Error::PasswordWrong));
    let mut bytes = good.clone();
    *bytes.last_mut().unwrap() ^= 1;
    assert_eq!(read(&bytes, Some("changeit")), Err(Error::PasswordWrong));
    for length in 4..good.len() {
        assert!(
            matches!(
                read(&good[..length], None),
                Err(Error::Jks { .. } | Error::Malformed { .. })
            ),
            "{length}"
        );
    }
    let promised = [&good[..8], &[0xff; 4], &good[12..]].concat();
    assert!(matches!(read(&promised, None), Err(Error::Jks { .. })));
}

#[test]
fn pkcs7_is_read_as_pem_der_and_with_lengths_that_come_last() {
    let folder = Folder::with_certificates(NAMES);
    folder.run("openssl crl2pkcs7 -nocrl -certfile bundle.pem -out a.pem");
    folder.run("openssl crl2pkcs7 -nocrl -certfile bundle.pem -outform der -out a.der");
    for name in ["a.pem", "a.der"] {
        let found = read(&folder.read(name), None).unwrap();
        assert_eq!(found.kind, Kind::Pkcs7);
        assert_eq!(subjects(&found), SUBJECTS, "{name}");
    }
    // Signed, streamed: BER.
    folder.write("data", "x");
    folder.run("openssl cms -sign -stream -nodetach -binary -in data -signer leaf.pem -inkey key.pem -certfile bundle.pem -outform der -out b.der");
    let ber = folder.read("b.der");
    assert_eq!(ber[..2], [0x30, 0x80], "openssl streams it");
    assert_eq!(read(&ber, None).unwrap().certificates.len(), 6);
    for length in 0..ber.len() {
        assert!(read(&ber[..length], None).is_err(), "{length}");
    }
}

#[test]
fn a_pem_keeps_what_is_no_certificate_to_itself() {
    let folder = Folder::with_certificates(&["One"]);
    folder.run("openssl req -new -key key.pem -subj /CN=x -out request.pem");
    folder.run("openssl genrsa -aes128 -traditional -passout pass:secret -out sealed.pem 2048");
    let all: Vec<_> = [
        "leaf.pem",
        "key.pem",
        "request.pem",
        "sealed.pem",
        "bundle.pem",
    ]
    .into_iter()
    .map(|name| folder.read(name))
    .collect();
    let found = read(&all.concat(), None).unwrap();
    assert_eq!(found.kind, Kind::Pem);
    assert_eq!(found.certificates.len(), 2);
    assert_eq!(found.private_keys, 2);
    assert_eq!(found.others, ["CERTIFICATE REQUEST"]);
    assert_eq!(
        read(&folder.read("key.pem"), None),
        Err(Error::NoneInside { private_keys: 1 })
    );
}

#[test]
fn a_keystore_in_an_archive_takes_the_password_too() {
    use std::io::Write as _;
    let folder = Folder::with_certificates(&["One"]);
    folder.run("openssl pkcs12 -export -nokeys -in bundle.pem -out a.p12 -passout pass:secret");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("x/a.p12", options).unwrap();
    zip.write_all(&folder.read("a.p12")).unwrap();
    let alone = zip.finish().unwrap().into_inner();
    let locked = read(&alone, None).unwrap_err();
    assert_eq!(locked.code(), "password_needed");
    assert!(matches!(locked, Error::InFile { name, .. } if name == "x/a.p12"));
    let found = read(&alone, Some("secret")).unwrap();
    assert_eq!(
        (found.kind, subjects(&found)),
        (Kind::Archive, vec!["CN=One"])
    );
}

/// With this instead of the iteration count of the MAC, which stands last in the file.
fn with_rounds(mut p12: Vec<u8>, old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut at = p12.len();
    while at >= old.len() {
        if &p12[at - old.len()..at] == old {
            p12[at - old.len()..at].copy_from_slice(new);
            return p12;
        }
        at -= 1;
    }
    unreachable!("no such count in the file")
}

#[test]
fn a_password_that_is_hashed_without_end_is_not() {
    let folder = Folder::with_certificates(&["One"]);
    let make = |options: &str| {
        folder.run(&format!("openssl pkcs12 -export -nokeys -in bundle.pem -out a.p12 -passout pass:secret -iter 1000000 {options}"));
        folder.read("a.p12")
    };
    // 1,000,000 is 0x0f4240.
    let (count, absurd) = ([2, 3, 0x0f, 0x42, 0x40], [2, 3, 0x7f, 0xff, 0xff]);
    for bytes in [
        with_rounds(make("-certpbe NONE"), &count, &absurd),
        with_rounds(make("-nomac -certpbe AES-256-CBC"), &count, &absurd),
        with_rounds(
            make("-nomac -legacy -certpbe PBE-SHA1-RC2-40"),
            &count,
            &absurd,
        ),
    ] {
        assert!(matches!(
            read(&bytes, Some("secret")),
            Err(Error::TooManyRounds {
                rounds: 0x7f_ffff,
                ..
            })
        ));
    }
}

#[test]
fn more_than_a_truststore_has_is_refused() {
    assert_eq!(
        read(&vec![b'\n'; FILE_LIMIT as usize + 1], None),
        Err(Error::TooLarge { limit: FILE_LIMIT })
    );
    let small = include_bytes!("fixtures/v1.pem").as_slice();
    assert!(small.len() * (CERTIFICATE_LIMIT + 1) < FILE_LIMIT as usize);
    let many = small.repeat(CERTIFICATE_LIMIT + 1);
    assert_eq!(
        read(&many, None),
        Err(Error::TooManyCertificates {
            limit: CERTIFICATE_LIMIT
        })
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for beginning in [
            &b""[..],
            b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01\0\0\0\x02\0\x01a",
            b"\x30\x80\x02\x01\x03\x30",
            b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
        ] {
            let _ = read(&[beginning, &bytes].concat(), Some("x"));
        }
    }

    #[test]
    fn a_damaged_keystore_never_panics(kind in 0_usize..4, at: prop::sample::Index, value: u8) {
        let mut bytes = [
            include_bytes!("fixtures/modern.p12").as_slice(),
            include_bytes!("fixtures/legacy.p12"),
            include_bytes!("fixtures/plain.p12"),
            include_bytes!("fixtures/two.jks"),
        ][kind].to_vec();
        let at = at.index(bytes.len());
        bytes[at] = value;
        let _ = read(&bytes, Some("changeit"));
    }
}
