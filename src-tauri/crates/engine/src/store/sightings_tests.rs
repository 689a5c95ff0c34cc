#![expect(clippy::unwrap_used, reason = "tests")]

use rcgen::{CertificateParams, KeyPair};

use super::*;
use crate::expiry::{all_first_ends, first_ends};

fn certificate(name: &str) -> Certificate {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    Certificate::from_der(params.self_signed(&key).unwrap().der().to_vec()).unwrap()
}

fn look(source: Source, certificates: &[&Certificate]) -> Look {
    Look {
        instance_id: "crs-1".to_owned(),
        name: "cart".to_owned(),
        region: "ap-guangzhou".to_owned(),
        source,
        certificates: certificates.iter().map(|&one| one.clone()).collect(),
    }
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), None).unwrap();
    (folder, store)
}

fn see(store: &Store, look: &Look, second: i64) -> Option<Change> {
    let at = Timestamp::from_second(second).unwrap();
    store.write(|t| put(t, "account", look, at)).unwrap()
}

fn count(store: &Store, table: &str) -> i64 {
    store
        .read(|c| {
            c.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| {
                row.get(0)
            })
        })
        .unwrap()
}

#[test]
fn another_order_or_the_same_twice_is_no_change() {
    let (_folder, store) = store();
    let (a, b, c) = (certificate("a"), certificate("b"), certificate("c"));
    assert!(see(&store, &look(Source::Live, &[&a, &b, &c]), 1).is_some());
    assert!(see(&store, &look(Source::Live, &[&a, &c, &b]), 2).is_none());
    // Another leaf it is when another comes first.
    let change = see(&store, &look(Source::Live, &[&b, &a, &c]), 3).unwrap();
    assert_eq!(change.before.unwrap().last.as_second(), 2);
    assert!(see(&store, &look(Source::Download, &[&b, &a]), 4).is_some());
    assert!(see(&store, &look(Source::Download, &[&a, &b, &b]), 5).is_none());
    assert_eq!(
        (count(&store, "sightings"), count(&store, "certificates")),
        (3, 3)
    );
}

#[test]
fn what_comes_and_goes_is_kept_within_bounds() {
    let (_folder, store) = store();
    let all: Vec<_> = (0..KEPT + 2)
        .map(|at| certificate(&at.to_string()))
        .collect();
    let ca = certificate("ca");
    see(&store, &look(Source::Download, &[&ca]), 0);
    let first = all[0].facts().sha256.clone();
    let due = [(first.clone(), 30)];
    let at = Timestamp::UNIX_EPOCH;
    assert_eq!(store.warn_once(&due, at).unwrap(), [true]);
    assert_eq!(store.warn_once(&due, at).unwrap(), [false]);
    for (second, one) in (1..).zip(&all) {
        see(&store, &look(Source::Live, &[one]), second);
    }
    let kept = i64::from(KEPT);
    assert_eq!(count(&store, "sightings"), kept + 1);
    assert_eq!(count(&store, "certificates"), kept + 1);
    assert_eq!(count(&store, "warnings"), 0);
    let seen = store.sightings("account", "crs-1").unwrap();
    assert!(
        !seen
            .iter()
            .any(|(_, seen)| seen.certificates.contains(&first))
    );
    store.forget_sightings("account").unwrap();
    assert_eq!(
        (count(&store, "sightings"), count(&store, "certificates")),
        (0, 0)
    );
}

#[test]
fn a_server_without_tls_counts_once_it_had_some() {
    let (_folder, store) = store();
    assert!(see(&store, &look(Source::Live, &[]), 1).is_none());
    assert_eq!(count(&store, "sightings"), 0);
    see(&store, &look(Source::Live, &[&certificate("a")]), 2);
    assert!(see(&store, &look(Source::Live, &[]), 3).is_some());
    assert!(see(&store, &look(Source::Live, &[]), 4).is_none());
}

/// A CA that signs a leaf, each with its last year.
fn signed(ca_until: i32, leaf_until: i32) -> (Certificate, Certificate) {
    let until = |params: &mut CertificateParams, year| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
    };
    let (ca_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut ca = CertificateParams::default();
    ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    ca.distinguished_name
        .push(rcgen::DnType::CommonName, "The CA");
    until(&mut ca, ca_until);
    let ca_certificate = ca.self_signed(&ca_key).unwrap();
    let mut leaf = CertificateParams::new(vec!["leaf".to_owned()]).unwrap();
    until(&mut leaf, leaf_until);
    let leaf = leaf
        .signed_by(&key, &rcgen::Issuer::new(ca, ca_key))
        .unwrap();
    let read = |der: &[u8]| Certificate::from_der(der.to_vec()).unwrap();
    (read(ca_certificate.der()), read(leaf.der()))
}

#[test]
fn a_chain_ends_with_its_first_certificate_and_names_the_ca() {
    for (ca_until, leaf_until, expected) in [
        (2044, 2046, (2044, Some("The CA"))),
        (2046, 2044, (2044, None)),
        (2046, 2046, (2046, None)),
    ] {
        let (_folder, store) = store();
        let (ca, leaf) = signed(ca_until, leaf_until);
        // Another CA in the archive, which signed nothing, does not count.
        let (other, _) = signed(2030, 2030);
        see(&store, &look(Source::Live, &[&leaf]), 1);
        see(&store, &look(Source::Download, &[&other, &ca]), 2);
        let newest = store.newest_sightings("account", "crs-1").unwrap();
        assert_eq!(newest.live.unwrap().signers, [ca.facts().sha256.clone()]);
        let ends = first_ends(&store, "account", &["crs-1".to_owned()]).unwrap();
        assert_eq!(ends, all_first_ends(&store, "account").unwrap());
        let end = ends["crs-1"].as_ref().unwrap();
        let year: i32 = end.at.to_string()[..4].parse().unwrap();
        assert_eq!((year, end.of.as_deref()), expected);
    }
}
