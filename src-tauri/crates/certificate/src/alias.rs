//! The names that certificates have in a keystore.

use std::collections::HashSet;

use crate::Certificate;

/// Long enough to tell them apart, characters.
const LONGEST: usize = 64;

/// A name for each, all different: the common name as Java writes it, in lower case, with nothing
/// in it that a command line has to quote.
pub(crate) fn aliases<'a>(certificates: &[&'a Certificate]) -> Vec<(String, &'a Certificate)> {
    let mut taken = HashSet::new();
    certificates
        .iter()
        .map(|certificate| {
            let name = name(certificate);
            let numbered = (2..).map(|number| format!("{name}-{number}"));
            let mut names = std::iter::once(name.clone()).chain(numbered);
            // There are more numbers than certificates.
            let free = names.find(|name| !taken.contains(name)).unwrap_or(name);
            taken.insert(free.clone());
            (free, *certificate)
        })
        .collect()
}

fn name(certificate: &Certificate) -> String {
    let common = certificate.facts().common_name.as_deref().unwrap_or("");
    let words = common
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
        .filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    match joined.get(..LONGEST.min(joined.len())) {
        None | Some("") => "certificate".to_owned(),
        Some(name) => name.to_owned(),
    }
}
