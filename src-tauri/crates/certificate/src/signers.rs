//! Which certificates signed what a server shows.

use crate::Certificate;

/// Those of `own` with whose key a certificate of `shown` was signed: the signature was checked,
/// whatever else is wrong with either. A certificate proves nothing about itself.
pub fn signers<'a>(
    own: impl IntoIterator<Item = &'a Certificate>,
    shown: &[Certificate],
) -> Vec<&'a Certificate> {
    let signed_one = |signer: &Certificate| {
        let others = shown.iter().filter(|shown| *shown != signer);
        others
            .into_iter()
            .any(|shown| shown.is_signed_by(signer) == Some(true))
    };
    own.into_iter().filter(|own| signed_one(own)).collect()
}
