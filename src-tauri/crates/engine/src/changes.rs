//! What changed between two periods: which certificate took whose place.

use rediseal_certificate::Certificate;

use crate::view::{CertificateChange, CertificateRole, Source};

/// What the certificate at this place of a period is.
pub(crate) fn role(source: Source, at: usize) -> CertificateRole {
    match (source, at) {
        (Source::Live, 0) => CertificateRole::Leaf,
        _ => CertificateRole::Ca,
    }
}

/// The server's own certificate takes the place of the one before; a CA that of the one with its
/// name, or, where one went and one came, of that one.
pub(crate) fn changes(
    source: Source,
    before: &[&Certificate],
    after: &[&Certificate],
) -> Vec<CertificateChange> {
    let mut went = missing(source, before, after);
    let mut came = missing(source, after, before);
    let mut changes = Vec::new();
    let mut pair = |went: &mut Vec<Placed<'_>>, came: &mut Vec<Placed<'_>>, fits: Fits| {
        while let Some((from, to)) = went.iter().enumerate().find_map(|(from, old)| {
            let to = came
                .iter()
                .position(|new| old.role == new.role && fits(old, new))?;
            Some((from, to))
        }) {
            changes.push(replaced(&went.remove(from), &came.remove(to)));
        }
    };
    pair(&mut went, &mut came, |old, new| {
        old.role == CertificateRole::Leaf
            || old.certificate.facts().subject == new.certificate.facts().subject
    });
    if went.len() == 1 && came.len() == 1 {
        pair(&mut went, &mut came, |_, _| true);
    }
    changes.extend(went.iter().map(|old| CertificateChange {
        role: old.role,
        before: Some(old.certificate.facts().clone()),
        after: None,
        differences: Vec::new(),
    }));
    changes.extend(came.iter().map(|new| CertificateChange {
        role: new.role,
        before: None,
        after: Some(new.certificate.facts().clone()),
        differences: Vec::new(),
    }));
    changes.sort_by_key(|change| change.role == CertificateRole::Ca);
    changes
}

struct Placed<'a> {
    role: CertificateRole,
    certificate: &'a Certificate,
}

type Fits = fn(&Placed<'_>, &Placed<'_>) -> bool;

/// Those of `these` that `others` does not have in the same role.
fn missing<'a>(
    source: Source,
    these: &[&'a Certificate],
    others: &[&Certificate],
) -> Vec<Placed<'a>> {
    let has = |role, certificate| {
        let mut others = others.iter().enumerate();
        others.any(|(at, other)| self::role(source, at) == role && *other == certificate)
    };
    these
        .iter()
        .enumerate()
        .map(|(at, &certificate)| Placed {
            role: role(source, at),
            certificate,
        })
        .filter(|placed| !has(placed.role, placed.certificate))
        .collect()
}

fn replaced(old: &Placed<'_>, new: &Placed<'_>) -> CertificateChange {
    CertificateChange {
        role: old.role,
        before: Some(old.certificate.facts().clone()),
        after: Some(new.certificate.facts().clone()),
        differences: old.certificate.differences(new.certificate),
    }
}
