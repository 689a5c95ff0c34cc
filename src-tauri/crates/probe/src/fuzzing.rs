//! The doors of `src-tauri/fuzz` to what reads a peer's bytes: each takes any bytes at all, and is
//! not to panic. Not part of the library's interface.

use std::hint::black_box;
use std::io::{Cursor, sink};
use std::sync::Arc;

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::{CipherSuite, ClientConnection};

use crate::address::Address;
use crate::chain;
use crate::deep::answer;
use crate::links::Links;
use crate::plan::Plan;
use crate::recorder::Recorder;
use crate::request::{Request, Trust};
use crate::trust::Refused;
use crate::{crypto, name, opened, plaintext, resp, route, wire};

/// 1 December 2026: all certificates in the corpus but `expired` are good then.
const NOW: Timestamp = Timestamp::constant(1_796_083_200, 0);

fn plan(authority: &[u8]) -> Option<Plan> {
    let address = Address::parse("redis.example:6379").ok()?;
    let trust = Trust::Authorities(vec![authority.to_vec()]);
    Plan::new(Request::new(address, trust, NOW)).ok()
}

/// The first flight of a server, as our own hellos and the reports read it.
pub fn hello(bytes: &[u8]) {
    const SECRET: [u8; 32] = [7; 32];
    black_box(answer::read(bytes));
    black_box(wire::messages(bytes));
    black_box(opened::messages(
        bytes,
        CipherSuite::TLS13_AES_128_GCM_SHA256,
        &SECRET,
    ));
}

/// A whole handshake with the recorder, and what is said of the chain that it kept.
pub fn handshake(authority: &[u8], bytes: &[u8]) {
    let Some(plan) = plan(authority) else { return };
    let recorder = Arc::new(Recorder::of(&plan));
    let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
    let Ok(config) = recorder.config(&versions) else {
        return;
    };
    let Ok(mut tls) = ClientConnection::new(Arc::new(config), plan.server_name()) else {
        return;
    };
    let mut bytes = Cursor::new(bytes);
    while tls.write_tls(&mut sink()).is_ok()
        && tls.read_tls(&mut bytes).is_ok_and(|read| read > 0)
        && tls.process_new_packets().is_ok()
    {}
    if let Some(presented) = recorder.presented() {
        judge(&plan, &presented.chain, presented.verified.as_ref().err());
    }
}

/// Certificates, each after its length in two bytes: an authority, then a chain, leaf first.
pub fn chain(bytes: &[u8]) {
    let mut certificates = certificates(bytes);
    let Some(plan) = certificates.next().and_then(plan) else {
        return;
    };
    let chain: Vec<_> = certificates
        .map(|der| CertificateDer::from(der.to_vec()))
        .collect();
    let Some((leaf, sent)) = chain.split_first() else {
        return;
    };
    let algorithms = crypto::provider().signature_verification_algorithms;
    let verified = plan.authorities.verify(&algorithms, leaf, sent, plan.at);
    judge(&plan, &chain, verified.as_ref().err());
}

fn certificates(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = bytes.split_first_chunk()?;
        let (certificate, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        bytes = rest;
        Some(certificate)
    })
}

fn judge(plan: &Plan, chain: &[CertificateDer<'_>], refused: Option<&Refused>) {
    let trusted = plan.authorities.certificates();
    let links = match refused {
        Some(refused) => {
            let (finding, position) =
                chain::diagnose(chain, refused, &plan.authorities, plan.clock);
            black_box(finding);
            Links::read(chain, position.and_then(|position| trusted.get(position)))
        }
        None => {
            let links = Links::read(chain, trusted.first());
            black_box(chain::hold(&links, plan.clock));
            links
        }
    };
    if let Some(leaf) = chain.first() {
        black_box(name::check(leaf, links.leaf(), &plan.name, false));
    }
    black_box(links.check());
}

/// A reply of Redis, or whatever else a port without TLS says.
pub fn reply(bytes: &[u8]) {
    black_box(resp::read(bytes));
    black_box(plaintext::recognise(bytes));
}

/// The answer of an HTTP proxy to CONNECT.
pub fn proxy(bytes: &[u8]) {
    black_box(route::answer_of_a_proxy(bytes));
}
