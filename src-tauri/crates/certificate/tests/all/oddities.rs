//! What is odd about certificates, alone and beside others.

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use rediseal_certificate::{Contents, Oddity, pem_block};

struct Made {
    der: Vec<u8>,
    params: CertificateParams,
    key: KeyPair,
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from_slice(&[7]));
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params
}

fn authority(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn server() -> CertificateParams {
    let mut params = params("server");
    params.subject_alt_names = vec![rcgen::SanType::DnsName("redis.example".try_into().unwrap())];
    params
}

fn root(params: CertificateParams) -> Made {
    let key = KeyPair::generate().unwrap();
    let der = params.self_signed(&key).unwrap().der().to_vec();
    Made { der, params, key }
}

fn signed(params: CertificateParams, by: &Made) -> Made {
    let key = KeyPair::generate().unwrap();
    let issuer = Issuer::from_params(&by.params, &by.key);
    let der = params.signed_by(&key, &issuer).unwrap().der().to_vec();
    Made { der, params, key }
}

/// Of each in one PEM file, in June 2026.
fn odd(ders: &[&[u8]]) -> Vec<Vec<Oddity>> {
    let file: String = ders.iter().map(|der| pem_block(der)).collect();
    let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    Contents::read(file.as_bytes(), None).unwrap().oddities(now)
}

fn alone(made: &Made) -> Vec<Oddity> {
    odd(&[&made.der]).remove(0)
}

#[test]
fn nothing_is_odd_about_a_sound_chain() {
    let root = root(authority("Root"));
    let middle = signed(authority("Middle"), &root);
    let leaf = signed(server(), &middle);
    let all = odd(&[&leaf.der, &middle.der, &root.der]);
    assert_eq!(all, vec![vec![]; 3]);
}

#[test]
fn times_that_do_not_fit_are_named() {
    let with = |from, to| {
        let mut params = authority("Root");
        (params.not_before, params.not_after) = (from, to);
        alone(&root(params))
    };
    let year = |year| date_time_ymd(year, 1, 1);
    assert_eq!(with(year(2020), year(2026)), [Oddity::Expired]);
    assert_eq!(with(year(2027), year(2028)), [Oddity::NotYetValid]);
    let turned = with(year(2025), year(2024));
    assert_eq!(turned, [Oddity::Expired, Oddity::EndsBeforeItBegins]);
    let by = root(authority("Root"));
    let mut long = server();
    long.not_after = date_time_ymd(2029, 1, 1);
    let long = signed(long, &by);
    assert_eq!(odd(&[&long.der, &by.der])[0], [Oddity::ValidTooLong]);
}

#[test]
fn a_server_without_names_and_one_that_signed_itself() {
    let by = root(authority("Root"));
    let nameless = signed(params("server"), &by);
    assert_eq!(odd(&[&nameless.der, &by.der])[0], [Oddity::NoNames]);
    let mut own = server();
    own.is_ca = IsCa::ExplicitNoCa;
    assert_eq!(alone(&root(own)), [Oddity::SelfSignedLeaf]);
    assert_eq!(
        alone(&root(server())),
        [Oddity::NoBasicConstraints, Oddity::SelfSignedLeaf]
    );
}

#[test]
fn keys_signatures_and_versions_of_old_are_named() {
    let sha1 = include_bytes!("fixtures/sha1.pem");
    let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    let found = Contents::read(sha1, None).unwrap().oddities(now).remove(0);
    assert!(found.contains(&Oddity::WeakKey), "{found:?}");
    assert!(
        !found.contains(&Oddity::WeakSignature),
        "it is its own: {found:?}"
    );
    let v1 = include_bytes!("fixtures/v1.pem");
    let found = Contents::read(v1, None).unwrap().oddities(now).remove(0);
    assert!(found.contains(&Oddity::OldVersion), "{found:?}");
}

#[test]
fn who_signs_has_to_say_that_it_may() {
    let mut plain = params("Root");
    plain.is_ca = IsCa::ExplicitNoCa;
    let plain = root(plain);
    let leaf = signed(server(), &plain);
    assert_eq!(odd(&[&leaf.der, &plain.der])[1], [Oddity::NotACa]);
    let silent = root(params("Root"));
    let leaf = signed(server(), &silent);
    assert_eq!(
        odd(&[&leaf.der, &silent.der])[1],
        [Oddity::NotACa, Oddity::NoBasicConstraints]
    );
    let mut useless = authority("Root");
    useless.key_usages = vec![KeyUsagePurpose::CrlSign];
    assert_eq!(alone(&root(useless)), [Oddity::MayNotSign]);
}

#[test]
fn serial_numbers_are_positive_and_short() {
    let with = |serial: &[u8]| {
        let mut params = authority("Root");
        params.serial_number = Some(SerialNumber::from_slice(serial));
        root(params).der
    };
    assert_eq!(odd(&[&with(&[0])])[0], [Oddity::SerialZero]);
    assert_eq!(odd(&[&with(&[0x7f; 20])])[0], []);
    assert_eq!(odd(&[&with(&[0x7f; 21])])[0], [Oddity::SerialTooLong]);
    // The number is written positive; the sign is put in afterwards, which breaks the signature.
    let mut negative = with(&[0x7a, 0x7b, 0x7c]);
    let at = negative
        .windows(3)
        .position(|part| part == [0x7a, 0x7b, 0x7c])
        .unwrap();
    negative[at] = 0xfa;
    assert_eq!(
        odd(&[&negative])[0],
        [Oddity::SerialNegative, Oddity::SignedByNamesake]
    );
}

#[test]
fn a_critical_extension_that_nobody_knows_is_named() {
    let mut params = authority("Root");
    let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
    extension.set_criticality(true);
    params.custom_extensions = vec![extension];
    assert_eq!(alone(&root(params)), [Oddity::UnknownCriticalExtension]);
}

#[test]
fn the_place_in_a_bundle_counts() {
    let root = root(authority("Root"));
    let middle = signed(authority("Middle"), &root);
    let leaf = signed(server(), &middle);
    let turned = odd(&[&root.der, &middle.der, &leaf.der]);
    assert_eq!(
        turned,
        [
            vec![Oddity::BeforeWhatItSigned],
            vec![Oddity::BeforeWhatItSigned],
            vec![]
        ]
    );
    // A truststore has no order.
    assert_eq!(odd(&[&root.der, &middle.der]), vec![vec![]; 2]);
    assert_eq!(odd(&[&root.der, &root.der])[1], [Oddity::Duplicate]);
    assert_eq!(odd(&[&leaf.der, &middle.der])[1], [Oddity::IssuerMissing]);
}

#[test]
fn a_root_that_changed_its_key_is_not_taken_for_the_old_one() {
    let (old, new) = (root(authority("Root")), root(authority("Root")));
    let mut cross = authority("Root");
    cross.serial_number = Some(SerialNumber::from_slice(&[9]));
    let cross = signed(cross, &old);
    assert_eq!(alone(&cross), [Oddity::SignedByNamesake]);
    assert_eq!(odd(&[&cross.der, &new.der])[0], [Oddity::SignedByNamesake]);
    assert_eq!(odd(&[&cross.der, &old.der])[0], []);
}

#[test]
fn both_languages_explain_every_oddity_and_nothing_else() {
    for json in [
        include_str!("../../oddities/en.json"),
        include_str!("../../oddities/zh-CN.json"),
    ] {
        let all: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).unwrap();
        assert_eq!(all.len(), Oddity::ALL.len());
    }
    for oddity in Oddity::ALL {
        for text in [oddity.english(), oddity.chinese()] {
            assert!(
                !text.title.is_empty() && !text.explanation.is_empty(),
                "{oddity:?}"
            );
        }
        assert!(oddity.chinese().explanation.ends_with('。'), "{oddity:?}");
        assert!(oddity.english().explanation.ends_with('.'), "{oddity:?}");
    }
}
