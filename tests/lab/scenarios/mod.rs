//! The table, by what is wrong.

mod alerts;
mod algorithms;
mod certificates;
mod cuts;
mod good;
mod names;
mod network;
mod plaintext;
mod policy;
mod redis;
mod refused;
mod trust;

use std::collections::BTreeSet;

use rediseal_probe::Cause;

use crate::scenario::{Make, Scenario, check};
use crate::{jump_hosts, routes};

/// Every scenario by what it is about, in the order of the layers.
pub(crate) fn groups() -> Vec<(&'static str, Vec<Scenario>)> {
    vec![
        ("Nothing is wrong", good::scenarios()),
        ("Before TLS", network::scenarios()),
        ("No TLS on this port", plaintext::scenarios()),
        ("Connections that end or stand still", cuts::scenarios()),
        (
            "Alerts, and servers that break the protocol",
            alerts::scenarios(),
        ),
        (
            "Versions, ciphers, names and clients that are refused",
            refused::scenarios(),
        ),
        ("Chains that lead to no trusted CA", trust::scenarios()),
        (
            "Certificates that are wrong themselves",
            certificates::scenarios(),
        ),
        (
            "Keys, signatures and forms that clients refuse",
            algorithms::scenarios(),
        ),
        ("Names", names::scenarios()),
        ("Redis behind TLS", redis::scenarios()),
        (
            "Versions and ciphers that are accepted beside good ones",
            policy::scenarios(),
        ),
    ]
}

pub(crate) fn all() -> Vec<Scenario> {
    groups()
        .into_iter()
        .flat_map(|(_, scenarios)| scenarios)
        .collect()
}

macro_rules! each_is_reported_as_it_should {
    ($($group:ident)*) => {
        mod reports {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 8)]
                async fn $group() {
                    super::check(super::$group::scenarios()).await;
                }
            )*
        }
    };
}

each_is_reported_as_it_should! {
    good network plaintext cuts alerts refused trust certificates algorithms names redis policy
}

#[test]
fn every_cause_has_a_scenario() {
    // What stands between is no server that the usual tools could be asked about.
    let between = routes::scenarios()
        .into_iter()
        .chain(jump_hosts::scenarios());
    let rows = all().into_iter().chain(between);
    let found: BTreeSet<Cause> = rows.filter_map(|row| row.cause()).collect();
    let missing: Vec<&str> = Cause::ALL
        .iter()
        .filter(|cause| !found.contains(cause))
        .map(|cause| cause.id())
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn servers_of_every_make_are_wrong_in_many_ways() {
    let all = all();
    let ids: BTreeSet<&str> = all.iter().map(|scenario| scenario.id).collect();
    assert_eq!(ids.len(), all.len(), "an id stands for one scenario");
    let wrong = all.iter().filter(|s| s.expected.finding.is_some());
    let makes: Vec<Make> = wrong.map(|scenario| scenario.make).collect();
    assert!(makes.len() >= 60, "{}", makes.len());
    for make in [
        Make::Bytes,
        Make::Rustls,
        Make::OpenSsl,
        Make::GnuTls,
        Make::Stunnel,
        Make::Redis,
    ] {
        assert!(makes.contains(&make), "{make}");
    }
}
