//! From what was found out to what the report says.

use std::time::Duration;

use rediseal_certificate::{Facts, pem_block};
use rustls::pki_types::CertificateDer;
use serde_json::{Map, Value};

use super::asker::{AT_ONCE, Asker, PER_SECOND};
use super::report::{
    CipherSuite, Gap, HelloFacts, Part, Presentation, Protocol, Reason, Survey, Warning,
};
use super::{Deep, Findings, groups, signatures, suites};
use crate::cause::Cause;
use crate::chain;
use crate::crypto;
use crate::links::Links;
use crate::name;
use crate::plan::Plan;
use crate::stage::micros;
use crate::wire::Version;

pub(super) fn sum_up(
    plan: &Plan,
    asker: &Asker<'_>,
    findings: &[Findings],
    elapsed: Duration,
) -> Deep {
    let protocols: Vec<_> = findings.iter().map(protocol).collect();
    let ciphers: Vec<_> = findings.iter().flat_map(ciphers).collect();
    Deep {
        survey: Survey {
            address: asker.peer.to_string(),
            connections: asker.connections(),
            at_once: AT_ONCE,
            per_second: PER_SECOND,
            elapsed_us: micros(elapsed),
            certificates: certificates(plan, findings),
            warnings: warnings(&protocols, &ciphers),
            gaps: findings.iter().flat_map(gaps).collect(),
        },
        protocols,
        ciphers,
    }
}

fn protocol(found: &Findings) -> Protocol {
    let accepted = match found.suites.accepted.incomplete {
        _ if !found.suites.accepted.list.is_empty() => Some(true),
        None => Some(false),
        Some(_) => None,
    };
    let is_old = found.version < Version::TLS1_2;
    let exchange = found.exchange.as_ref();
    let schemes = match &found.tls13 {
        Some(tls13) => Some(&tls13.signatures),
        None => exchange.map(|exchange| &exchange.signatures),
    };
    let hello = found.suites.seen.first.as_ref();
    Protocol {
        version: found.version.name(),
        accepted,
        cause: (is_old && accepted == Some(true)).then_some(Cause::PolicyOldProtocol),
        cipher_order: found.suites.accepted.order,
        groups: exchange.map_or_else(Vec::new, |exchange| {
            let list = exchange.groups.list.iter();
            list.map(|id| groups::describe(*id)).collect()
        }),
        group_order: exchange.and_then(|exchange| exchange.groups.order),
        signatures: schemes.map_or_else(Vec::new, |schemes| {
            let list = schemes.list.iter();
            list.map(|id| signatures::name(*id)).collect()
        }),
        resumption: found.resumption.and_then(Result::ok),
        hello: hello
            .filter(|_| found.version < Version::TLS1_3)
            .map(|hello| HelloFacts {
                extended_master_secret: hello.extended_master_secret,
                secure_renegotiation: hello.secure_renegotiation,
                compression: hello.compression,
                session_tickets: hello.session_tickets,
            }),
    }
}

fn ciphers(found: &Findings) -> impl Iterator<Item = CipherSuite> {
    found.suites.accepted.list.iter().map(|id| {
        let dh_bits = found.suites.seen.dh_bits.get(id).copied();
        suites::describe(found.version, *id, dh_bits)
    })
}

/// Each of the server's own once, as the newest version showed it.
fn certificates(plan: &Plan, findings: &[Findings]) -> Vec<Presentation> {
    let mut leaves = Vec::new();
    let mut presented = Vec::new();
    for found in findings {
        let encrypted = found.tls13.iter().flat_map(|tls13| &tls13.certificates);
        for chain in encrypted.chain(&found.suites.seen.certificates) {
            let Some(leaf) = chain.first() else { continue };
            if !leaves.contains(&leaf) {
                leaves.push(leaf);
                presented.push(presentation(plan, found.version, chain));
            }
        }
    }
    presented
}

fn presentation(plan: &Plan, version: Version, chain: &[Vec<u8>]) -> Presentation {
    let ders: Vec<_> = chain
        .iter()
        .map(|der| CertificateDer::from(der.as_slice()))
        .collect();
    Presentation {
        facts: ders.first().and_then(|leaf| Facts::from_der(leaf).ok()),
        cause: cause(plan, &ders),
        protocol: version.name(),
        pem: ders.iter().map(|der| pem_block(der)).collect(),
    }
}

fn cause(plan: &Plan, ders: &[CertificateDer<'_>]) -> Option<Cause> {
    let (leaf, sent) = ders.split_first()?;
    let algorithms = crypto::signature_algorithms();
    if let Err(refused) = plan.authorities.verify(&algorithms, leaf, sent, plan.at) {
        let (finding, _) = chain::diagnose(ders, &refused, &plan.authorities, plan.clock);
        return finding.cause;
    }
    name::check(leaf, Links::read(ders, None).leaf(), &plan.name, true)?.cause
}

fn warnings(protocols: &[Protocol], ciphers: &[CipherSuite]) -> Vec<Warning> {
    let versions: Vec<Value> = protocols
        .iter()
        .filter(|protocol| protocol.cause.is_some())
        .map(|protocol| protocol.version.clone().into())
        .collect();
    let mut weak = Vec::new();
    let mut weaknesses = Vec::new();
    for cipher in ciphers {
        let Some(weakness) = cipher.weakness else {
            continue;
        };
        let name = cipher.openssl_name.as_ref().unwrap_or(&cipher.name);
        push_once(&mut weak, Value::from(name.clone()));
        push_once(
            &mut weaknesses,
            serde_json::to_value(weakness).unwrap_or_default(),
        );
    }
    let mut warnings = Vec::new();
    if !versions.is_empty() {
        let facts = Map::from_iter([("versions".to_owned(), versions.into())]);
        warnings.push(Warning {
            cause: Cause::PolicyOldProtocol,
            facts,
        });
    }
    if !weak.is_empty() {
        let facts = Map::from_iter([
            ("ciphers".to_owned(), weak.into()),
            ("weaknesses".to_owned(), weaknesses.into()),
        ]);
        warnings.push(Warning {
            cause: Cause::PolicyWeakCipher,
            facts,
        });
    }
    warnings
}

fn push_once(list: &mut Vec<Value>, value: Value) {
    if !list.contains(&value) {
        list.push(value);
    }
}

fn gaps(found: &Findings) -> impl Iterator<Item = Gap> {
    let exchange = found.exchange.as_ref();
    let schemes = match &found.tls13 {
        Some(tls13) => tls13.signatures.incomplete,
        None => exchange.and_then(|exchange| exchange.signatures.incomplete),
    };
    let parts: [(Part, Option<Reason>); 4] = [
        (Part::Ciphers, found.suites.accepted.incomplete),
        (
            Part::Groups,
            exchange.and_then(|exchange| exchange.groups.incomplete),
        ),
        (Part::Signatures, schemes),
        (Part::Resumption, found.resumption.and_then(Result::err)),
    ];
    let protocol = found.version.name();
    parts.into_iter().filter_map(move |(part, reason)| {
        Some(Gap {
            protocol: protocol.clone(),
            part,
            reason: reason?,
        })
    })
}
