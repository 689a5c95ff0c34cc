//! What a file of certificates holds, what is odd about it, and whether it signed what a live
//! server shows.

use std::collections::HashSet;

use jiff::Timestamp;
use rediseal_certificate::{Certificate, Contents, Error as FileError, parse_pem_or_der, signers};
use rediseal_probe::{Address, Error, Language, Report, Request, Role, Trust};

use crate::view::{Inspected, Inspection, NotRead, Signed};

/// Of a file with this name and size in bytes. Texts are in `language`; `now` is for what is
/// expired.
#[must_use]
pub fn inspect(
    file: String,
    size: u64,
    contents: Contents,
    now: Timestamp,
    language: Language,
) -> Inspection {
    let odd = contents.oddities(now);
    let found = contents.certificates.into_iter().zip(odd);
    let unread = contents.unread.into_iter();
    Inspection {
        file,
        kind: contents.kind,
        size,
        files: contents.files,
        certificates: found
            .map(|(found, odd)| Inspected {
                facts: found.certificate.facts().clone(),
                files: found.files,
                alias: found.alias,
                odd,
            })
            .collect(),
        private_keys: contents.private_keys,
        others: contents.others,
        unread: unread
            .map(|unread| NotRead {
                file: unread.file,
                problem: unread.error.code().to_owned(),
                error: text(&unread.error, language),
            })
            .collect(),
    }
}

pub(crate) fn text(error: &FileError, language: Language) -> String {
    match language {
        Language::En => error.to_string(),
        Language::ZhCn => error.chinese(),
    }
}

/// Tests the server with these certificates as the only ones to trust, and checks for each whether
/// it signed what the server sends.
///
/// # Errors
///
/// When none of them can be an authority, so that there is nothing to test with.
pub async fn signed_by(
    own: &[&Certificate],
    address: Address,
    now: Timestamp,
) -> Result<Signed, Error> {
    let shown = address.to_string();
    let report = report(own, address, now).await?;
    Ok(proof(own, shown, &report))
}

async fn report(own: &[&Certificate], address: Address, now: Timestamp) -> Result<Report, Error> {
    let mut trusted: Vec<_> = own.iter().map(|one| one.der().to_vec()).collect();
    loop {
        let trust = Trust::Authorities(trusted.clone());
        let request = Request::new(address.clone(), trust, now);
        match rediseal_probe::test(request, |_| {}).await {
            // What cannot be an authority at all signed nothing.
            Err(Error::Authority { index }) if trusted.len() > 1 => {
                trusted.remove(index);
            }
            other => return other,
        }
    }
}

fn proof(own: &[&Certificate], address: String, report: &Report) -> Signed {
    let sent: Vec<Certificate> = report
        .chain
        .iter()
        .filter(|link| link.role != Role::Trusted)
        .filter_map(|link| parse_pem_or_der(link.pem.as_bytes()).ok())
        .flatten()
        .collect();
    let signing = signers(own.iter().copied(), &sent);
    let mut seen = HashSet::new();
    let once = own.iter().filter(|one| seen.insert(&one.facts().sha256));
    let mut signed = Signed {
        address,
        signed: false,
        by: Vec::new(),
        sends: Vec::new(),
        verdict: report.verdict,
        cause: report.cause,
    };
    for one in once {
        let sha256 = &one.facts().sha256;
        if sent.contains(one) {
            signed.sends.push(sha256.clone());
        }
        if signing.contains(one) {
            signed.by.push(sha256.clone());
        }
    }
    signed.signed = !signed.by.is_empty();
    signed
}
