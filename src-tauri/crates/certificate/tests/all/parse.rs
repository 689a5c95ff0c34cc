//! Files of certificates, good and bad.

use crate::made::{ca, pem};
use proptest::prelude::*;
use rediseal_certificate::{Certificate, Error, Looks, PemProblem, parse_pem_or_der, pem_bundle};

fn names(file: impl AsRef<[u8]>) -> Result<Vec<String>, Error> {
    let certificates = parse_pem_or_der(file.as_ref())?;
    Ok(certificates
        .iter()
        .map(|certificate| certificate.facts().subject.clone())
        .collect())
}

fn problem(file: impl AsRef<[u8]>) -> (usize, usize, PemProblem) {
    match parse_pem_or_der(file.as_ref()) {
        Err(Error::Pem {
            block,
            line,
            problem,
        }) => (block, line, problem),
        other => unreachable!("{other:?}"),
    }
}

fn pem_of(label: &str, content: &[u8]) -> String {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::STANDARD.encode(content);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

#[test]
fn all_of_several_certificates_are_read_in_order() {
    let (one, two) = (ca("One"), ca("Two"));
    let file = format!(
        "subject=CN=One\n0 s:CN=One\n{}\ntext between\n\n{}after",
        pem(&one),
        pem(&two)
    );
    assert_eq!(names(&file).unwrap(), ["CN=One", "CN=Two"]);
    let crlf = format!("\u{feff}{}", file.replace('\n', "\r\n"));
    assert_eq!(names(crlf).unwrap(), ["CN=One", "CN=Two"]);
    assert_eq!(
        names(file.replace('\n', "\r")).unwrap(),
        ["CN=One", "CN=Two"]
    );
    let joined = format!("\u{feff}{}\u{feff}{}", pem(&one), pem(&two));
    assert_eq!(names(joined).unwrap(), ["CN=One", "CN=Two"]);
    let indented = pem(&one).replace('\n', "  \n\t ");
    assert_eq!(names(indented).unwrap(), ["CN=One"]);
    assert_eq!(names(&two).unwrap(), ["CN=Two"]);
}

#[test]
fn what_is_written_is_read_again() {
    let certificates = [ca("One"), ca("Two")].map(|der| Certificate::from_der(der).unwrap());
    let bundle = pem_bundle(&certificates);
    assert_eq!(parse_pem_or_der(bundle.as_bytes()).unwrap(), certificates);
    assert!(bundle.lines().all(|line| line.len() <= 64));
}

#[test]
fn a_bad_block_is_named_and_never_skipped() {
    let (good, other) = (pem(&ca("Good")), pem(&ca("Other")));
    let lines = good.lines().count();

    let (block, line, found) = problem(format!("{good}{}", other.replace("MII", "M*I")));
    assert_eq!((block, line), (2, lines + 1));
    assert_eq!(found, PemProblem::NotBase64 { line: lines + 2 });

    let cut = other.rfind("-----END").unwrap();
    let (block, _, found) = problem(format!("{good}{}", &other[..cut]));
    assert_eq!(block, 2);
    assert_eq!(
        found,
        PemProblem::NotEnded {
            label: "CERTIFICATE".into()
        }
    );
    let (block, line, _) = problem(format!("{}{good}", &other[..cut]));
    assert_eq!((block, line), (1, 1));

    let (_, _, found) = problem(other.replace("END CERTIFICATE", "END CRL"));
    assert!(matches!(found, PemProblem::LabelsDiffer { ended, .. } if ended == "CRL"));

    let (block, _, found) = problem(format!("{}{other}", good.trim_end()));
    assert_eq!(block, 1);
    assert!(matches!(found, PemProblem::Boundary { .. }), "{found:?}");

    let (block, _, found) = problem(format!("{good}{}", other.replacen("-----B", "----B", 1)));
    assert!(
        block == 2 && matches!(found, PemProblem::Boundary { .. }),
        "{found:?}"
    );

    let (_, _, found) = problem("-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n");
    assert_eq!(found, PemProblem::Empty);

    let (block, _, found) = problem(format!("{good}{}", pem_of("CERTIFICATE", b"garbage")));
    assert_eq!(block, 2);
    assert!(
        matches!(found, PemProblem::Content(error) if matches!(*error, Error::Malformed { .. }))
    );
}

#[test]
fn what_is_not_a_certificate_is_refused_by_its_name() {
    let good = pem(&ca("Good"));
    for label in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
    ] {
        let (block, _, found) = problem(format!("{good}{}", pem_of(label, b"k")));
        assert_eq!((block, found), (2, PemProblem::PrivateKey));
    }
    let (_, _, found) = problem(pem_of("TRUSTED CERTIFICATE", b"x"));
    assert_eq!(found, PemProblem::OpensslTrusted);
    let (_, _, found) = problem(pem_of("CERTIFICATE REQUEST", b"x"));
    assert!(matches!(found, PemProblem::OtherLabel { label } if label == "CERTIFICATE REQUEST"));
    assert_eq!(names(""), Err(Error::Empty));
    assert_eq!(names("\u{feff} \r\n"), Err(Error::Empty));
    for (bytes, looks) in [
        (&b"<html>Not found"[..], Looks::Html),
        (b" {\"password\":\"MyS3cret\"}", Looks::Json),
        (b"password=MyS3cret\n", Looks::Text),
        ("密码=MyS3cret".as_bytes(), Looks::Text),
        (b"\x1f\x8b\x08MyS3cret", Looks::Gzip),
        (b"PK\x03\x04MyS3cret", Looks::Zip),
        (b"ssh-ed25519 AAAA MyS3cret", Looks::SshKey),
        (b"\x7fELFMyS3cret", Looks::Program),
        (b"MyS3cret\0\x80", Looks::Binary),
    ] {
        let error = names(bytes).unwrap_err();
        assert_eq!(error, Error::NotACertificate { looks });
        for said in [error.to_string(), error.chinese(), format!("{error:?}")] {
            assert!(
                !said.contains("S3cret") && !said.contains("Not found"),
                "{said}"
            );
        }
    }
    assert!(matches!(names([0x30]), Err(Error::NotACertificate { .. })));
    let der = ca("Good");
    assert!(matches!(
        names(&der[..der.len() - 1]),
        Err(Error::Malformed { .. })
    ));
}

#[test]
fn a_pkcs7_bundle_gives_its_certificates() {
    let bundle = include_bytes!("fixtures/two.p7b");
    let inside = names(bundle).unwrap();
    assert_eq!(inside.len(), 2);
    assert_eq!(inside[0], "CN=v1.example");
    assert_eq!(names(pem_of("PKCS7", bundle)).unwrap(), inside);
    let mut damaged = bundle.to_vec();
    let first = parse_pem_or_der(bundle).unwrap()[0].der().to_vec();
    let at = bundle.windows(first.len()).position(|part| part == first);
    damaged[at.unwrap()] = 0x31;
    assert!(names(damaged).is_err());
    // The second certificate claims to be longer than the list.
    let second = parse_pem_or_der(bundle).unwrap()[1].der().to_vec();
    let at = bundle.windows(second.len()).position(|part| part == second);
    let mut damaged = bundle.to_vec();
    damaged[at.unwrap() + 2] = 0x7f;
    assert!(matches!(names(damaged), Err(Error::Pkcs7 { .. })));
    // A signed-data without the list of certificates.
    let empty = hex::decode("300f06092a864886f70d010702a0023000").unwrap();
    assert!(matches!(names(empty), Err(Error::Pkcs7 { .. })));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse_pem_or_der(&bytes);
    }

    #[test]
    fn arbitrary_lines_around_marks_never_panic(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("-----BEGIN CERTIFICATE-----".to_owned()),
                Just("-----END CERTIFICATE-----".to_owned()),
                Just("-----BEGIN ".to_owned()),
                Just("-----END PKCS7-----\u{feff}".to_owned()),
                Just("MIIB".to_owned()),
                Just("\r".to_owned()),
                Just("\n".to_owned()),
                ".{0,20}",
            ],
            0..12,
        )
    ) {
        let _ = parse_pem_or_der(parts.concat().as_bytes());
    }

    #[test]
    fn a_damaged_bundle_never_panics(at in 0_usize..1391, value: u8) {
        let mut bundle = include_bytes!("fixtures/two.p7b").to_vec();
        bundle[at] = value;
        let _ = parse_pem_or_der(&bundle);
    }
}
