//! What is read out of a certificate, for every kind of key and name.

use crate::made::self_signed;
use proptest::prelude::*;
use rcgen::{
    CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, KeyPair, RsaKeySize, SanType, SerialNumber, date_time_ymd,
};
use rediseal_certificate::{Certificate, Error, Facts, Key, NameKind, parse_pem_or_der};

fn facts(params: &CertificateParams) -> Result<Facts, Error> {
    Facts::from_der(&self_signed(params, &KeyPair::generate().unwrap()))
}

#[test]
fn a_server_certificate_is_read_whole() {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "CN");
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Tencent, Inc.");
    params.distinguished_name.push(DnType::CommonName, "redis");
    params.subject_alt_names = vec![
        SanType::DnsName("redis.example".try_into().unwrap()),
        SanType::IpAddress([10, 0, 0, 7].into()),
        SanType::IpAddress("2001:db8::7".parse().unwrap()),
        SanType::Rfc822Name("dba@example.org".try_into().unwrap()),
        SanType::URI("https://example.org/".try_into().unwrap()),
    ];
    params.not_before = date_time_ymd(2026, 1, 2);
    params.not_after = date_time_ymd(2046, 1, 2);
    params.serial_number = Some(SerialNumber::from_slice(&[0xfe, 0x01]));
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::Other(vec![1, 2, 3]),
    ];
    let facts = facts(&params).unwrap();
    assert_eq!(facts.subject, "CN=redis,O=Tencent\\, Inc.,C=CN");
    assert_eq!(facts.issuer, facts.subject);
    assert!(facts.self_issued);
    assert_eq!(facts.common_name.as_deref(), Some("redis"));
    assert_eq!(facts.serial, "fe01");
    assert_eq!(facts.not_before, "2026-01-02T00:00:00Z".parse().unwrap());
    assert_eq!(facts.not_after, "2046-01-02T00:00:00Z".parse().unwrap());
    let names: Vec<_> = facts
        .names
        .iter()
        .map(|name| (name.kind, name.value.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            (NameKind::Dns, "redis.example"),
            (NameKind::Ip, "10.0.0.7"),
            (NameKind::Ip, "2001:db8::7"),
            (NameKind::Email, "dba@example.org"),
            (NameKind::Uri, "https://example.org/"),
        ]
    );
    assert_eq!(facts.extended_key_usage, ["serverAuth", "1.2.3"]);
    assert!(!facts.is_ca);
    assert_eq!(facts.version, 3);
}

#[test]
fn a_ca_is_told_from_a_server() {
    let facts = Facts::from_der(&crate::made::ca("Test CA")).unwrap();
    assert!(facts.is_ca);
    assert!(facts.names.is_empty());
    assert!(facts.extended_key_usage.is_empty());
}

#[test]
fn every_usual_key_is_named() {
    let key = |algorithm: &'static rcgen::SignatureAlgorithm| {
        let der = self_signed(
            &CertificateParams::default(),
            &KeyPair::generate_for(algorithm).unwrap(),
        );
        let facts = Facts::from_der(&der).unwrap();
        let Key {
            algorithm,
            bits,
            curve,
        } = facts.key;
        (algorithm, bits, curve.unwrap_or_default(), facts.signature)
    };
    let own =
        |a: &str, bits, curve: &str, s: &str| (a.to_owned(), bits, curve.to_owned(), s.to_owned());
    assert_eq!(
        key(&rcgen::PKCS_ECDSA_P256_SHA256),
        own("ECDSA", 256, "P-256", "ecdsa-with-SHA256")
    );
    assert_eq!(
        key(&rcgen::PKCS_ECDSA_P384_SHA384),
        own("ECDSA", 384, "P-384", "ecdsa-with-SHA384")
    );
    assert_eq!(
        key(&rcgen::PKCS_ECDSA_P521_SHA512),
        own("ECDSA", 521, "P-521", "ecdsa-with-SHA512")
    );
    assert_eq!(
        key(&rcgen::PKCS_ED25519),
        own("Ed25519", 256, "", "Ed25519")
    );
    let rsa = KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA384, RsaKeySize::_3072).unwrap();
    let facts = Facts::from_der(&self_signed(&CertificateParams::default(), &rsa)).unwrap();
    assert_eq!(facts.key.algorithm, "RSA");
    assert_eq!(facts.key.bits, 3072);
    assert_eq!(facts.signature, "sha384WithRSAEncryption");
}

#[test]
fn dates_past_every_calendar_are_clamped() {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(1, 1, 1);
    params.not_after = date_time_ymd(9999, 12, 31);
    let facts = facts(&params).unwrap();
    assert_eq!(facts.not_after, jiff::Timestamp::MAX);
    assert!(facts.not_before < "0002-01-01T00:00:00Z".parse().unwrap());
    assert!(
        serde_json::to_string(&facts)
            .unwrap()
            .contains("9999-12-30")
    );
}

#[test]
fn a_name_extension_that_cannot_be_read_is_never_taken_for_none() {
    let mut params = CertificateParams::default();
    params.custom_extensions = vec![CustomExtension::from_oid_content(
        &[2, 5, 29, 17],
        vec![0x30, 0x7f, 0x01],
    )];
    assert!(
        matches!(facts(&params), Err(Error::Malformed { reason }) if reason.contains("subject alternative name"))
    );
}

#[test]
fn an_empty_name_list_is_read() {
    let mut params = CertificateParams::default();
    params.custom_extensions = vec![CustomExtension::from_oid_content(
        &[2, 5, 29, 17],
        vec![0x30, 0x00],
    )];
    assert!(facts(&params).unwrap().names.is_empty());
}

#[test]
fn names_in_other_string_types_are_text_too() {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(
        DnType::CommonName,
        DnValue::BmpString("数据库".try_into().unwrap()),
    );
    params.distinguished_name.push(
        DnType::OrganizationalUnitName,
        DnValue::TeletexString("Ops".try_into().unwrap()),
    );
    params.distinguished_name.push(
        DnType::CustomDnType(vec![1, 2, 3, 4]),
        DnValue::Utf8String("zz".to_owned()),
    );
    let facts = facts(&params).unwrap();
    assert_eq!(facts.subject, "1.2.3.4=#0c027a7a,OU=Ops,CN=数据库");
    assert_eq!(facts.common_name.as_deref(), Some("数据库"));
}

#[test]
fn what_openssl_wrote_reads_the_same() {
    let sha1 = parse_pem_or_der(include_bytes!("fixtures/sha1.pem")).unwrap();
    let sha1 = sha1[0].facts();
    assert_eq!(
        sha1.subject,
        "CN=\\#old\\<ca\\>,O=Example\\, \\\"Redis\\\"\\ +UID=x,ST=广东,C=CN"
    );
    assert_eq!(sha1.key.bits, 1024);
    assert_eq!(sha1.signature, "sha1WithRSAEncryption");
    assert_eq!(sha1.sha1, include_str!("fixtures/sha1.sha1").trim());
    let odd = parse_pem_or_der(include_bytes!("fixtures/rsa1025.pem")).unwrap();
    assert_eq!(odd[0].facts().key.bits, 1025);
    let v1 = parse_pem_or_der(include_bytes!("fixtures/v1.pem")).unwrap();
    assert_eq!(v1[0].facts().version, 1);
    assert_eq!(v1[0].facts().serial, "fe01");
}

#[test]
fn bytes_after_the_certificate_are_refused() {
    let mut der = crate::made::ca("Test CA");
    der.push(0);
    assert!(
        matches!(Certificate::from_der(der), Err(Error::Malformed { reason }) if reason.contains("1 bytes follow"))
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = Facts::from_der(&bytes);
    }

    #[test]
    fn a_damaged_certificate_never_panics(at in 0_usize..2000, value: u8, cut in 0_usize..2000) {
        let mut der = parse_pem_or_der(include_bytes!("fixtures/v1.pem")).unwrap()[0].der().to_vec();
        let place = at % der.len();
        der[place] = value;
        let _ = Facts::from_der(&der);
        der.truncate(cut % der.len());
        prop_assert!(Facts::from_der(&der).is_err());
    }
}
