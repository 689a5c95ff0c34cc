//! From a situation to what a family does.

use super::family::Family;
use super::message::message;
use super::setting::{configured, setting};
use super::situation::{Chain, Named, Situation};
use super::stack::Stack;
use super::{ClientVerdict, Note, Outcome};
use crate::cause::Cause;
use crate::chain::UNKNOWN_CRITICAL_EXTENSION;
use crate::report::Stage;

/// What becomes of a connection, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub(crate) outcome: Outcome,
    pub(crate) cause: Option<Cause>,
    pub(crate) note: Option<Note>,
}

impl Judgement {
    const fn refuses(cause: Option<Cause>, note: Option<Note>) -> Self {
        Self {
            outcome: Outcome::Refuses,
            cause,
            note,
        }
    }

    const fn unknown(note: Note) -> Self {
        Self {
            outcome: Outcome::Unknown,
            cause: None,
            note: Some(note),
        }
    }
}

impl Family {
    /// What this family says in this situation.
    pub(crate) fn verdict(&self, situation: &Situation<'_>) -> ClientVerdict {
        let judgement = self.judge(situation);
        ClientVerdict {
            id: self.id.to_owned(),
            name: self.name.to_owned(),
            versions: self.versions.to_owned(),
            outcome: judgement.outcome,
            checks_name: self.checks_name,
            cause: judgement.cause,
            note: judgement.note,
            message: message(self.stack, judgement, situation),
            configured: configured(self.library, situation),
            setting: setting(self.library, judgement, situation),
            run_with: self.run_with.map(str::to_owned),
        }
    }

    fn judge(&self, situation: &Situation<'_>) -> Judgement {
        if !situation.natural_sni {
            return Judgement::unknown(Note::OtherServerName);
        }
        // PHP takes the name to check from a URL, and phpredis writes it without brackets.
        if self.stack == Stack::Php && situation.host.contains(':') {
            return Judgement::unknown(Note::OtherRules);
        }
        // The server's certificate is looked at before a client's own is asked for.
        if let Some(chain) = &situation.chain
            && let Some(judgement) = self.certificate(chain, situation)
        {
            return judgement;
        }
        if let Some(tls) = situation.tls {
            return self.tls(tls, situation);
        }
        let Some(chain) = &situation.chain else {
            return Judgement::unknown(Note::NotSeen);
        };
        if !situation.trusts_given && !self.stack.trusts_system() {
            return Judgement::unknown(Note::OwnStore);
        }
        let by_common_name =
            self.checks_name && chain.is_named(situation.host, self.stack) == Named::ByCommonName;
        Judgement {
            outcome: match self.checks_name {
                true => Outcome::Connects,
                false => Outcome::ConnectsUnchecked,
            },
            cause: None,
            note: match chain.failed {
                Some(_) if chain.anchor_is_at_fault => Some(Note::CaDates),
                Some(_) => Some(Note::OtherRules),
                None => by_common_name.then_some(Note::CommonName),
            },
        }
    }

    /// What it minds about the certificate; none when nothing.
    fn certificate(&self, chain: &Chain<'_>, situation: &Situation<'_>) -> Option<Judgement> {
        if let Some(failed) = chain.failed {
            match accepts(self.stack, chain, failed) {
                Some(true) => {}
                Some(false) => return Some(Judgement::refuses(failed.cause, None)),
                None => return Some(Judgement::unknown(Note::OtherRules)),
            }
        } else if chain.anchor_is_no_root {
            match self.stack.takes_partial_chain() {
                Some(true) => {}
                Some(false) => {
                    return Some(Judgement::refuses(None, Some(Note::NoPartialChain)));
                }
                None => return Some(Judgement::unknown(Note::DependsOnBuild)),
            }
        }
        let minds_name =
            self.checks_name && chain.is_named(situation.host, self.stack) == Named::Not;
        minds_name.then(|| {
            let cause = match chain.has_no_names {
                true => Cause::CertificateNameNotCheckable,
                false => Cause::CertificateNameMismatch,
            };
            Judgement::refuses(Some(cause), None)
        })
    }

    fn tls(&self, tls: &Stage, situation: &Situation<'_>) -> Judgement {
        let refuses = Judgement::refuses(tls.cause, None);
        match tls.cause {
            // The test's own TLS is rustls: what it could not do, redis-rs cannot.
            _ if self.stack == Stack::Rustls => refuses,
            Some(Cause::TlsNoCommonCipher) => {
                let suite = tls
                    .facts
                    .get("accepts_cipher")
                    .and_then(|fact| fact.as_str());
                match suite.and_then(|suite| self.stack.offers(suite)) {
                    Some(false) => refuses,
                    _ => Judgement::unknown(Note::OtherRules),
                }
            }
            // They send an address as a server name.
            Some(Cause::TlsNameRequired)
                if matches!(self.stack, Stack::Php | Stack::Ruby)
                    && situation.host_is_address() =>
            {
                Judgement::unknown(Note::OtherServerName)
            }
            _ => refuses,
        }
    }
}

/// Whether a chain that this test refuses is good enough for others; none when that is not known,
/// or depends on how the TLS library was built.
fn accepts(stack: Stack, chain: &Chain<'_>, failed: &Stage) -> Option<bool> {
    let hint = failed.facts.get("hint").and_then(|fact| fact.as_str());
    let is = |name: &str, value: &str| {
        failed
            .facts
            .get(name)
            .is_some_and(|fact| fact.as_str() == Some(value))
    };
    match failed.cause? {
        // This computer's clock is to blame, and the client may run on another.
        Cause::CertificateExpired | Cause::CertificateNotYetValid if hint == Some("clock") => None,
        Cause::CertificateCaExpired | Cause::CertificateNotYetValid if chain.anchor_is_at_fault => {
            Some(!stack.checks_ca_dates())
        }
        Cause::CertificateExpired
        | Cause::CertificateNotYetValid
        | Cause::CertificateCaExpired
        | Cause::CertificateCaReplaced
        | Cause::CertificateSelfSigned => Some(false),
        // webpki and crypto/x509 look at the extended key usage, and not at the key usage.
        Cause::CertificateNotForServer => {
            let extended = failed.facts.contains_key("extended_key_usage");
            Some(matches!(stack, Stack::Rustls | Stack::Go) && !extended)
        }
        // .NET fetches what is announced.
        Cause::CertificateMissingIntermediate
            if stack == Stack::DotNet && is("evidence", "issuer_location") =>
        {
            None
        }
        Cause::CertificateMissingIntermediate => Some(false),
        // Limits of an authority are not looked at by all in the same way.
        Cause::CertificateWrongCa if hint == Some("not_allowed") => match stack {
            Stack::Rustls => None,
            _ => Some(false),
        },
        // crypto/x509 `Certificate.Verify` and sun.security.validator.PKIXValidator ask first
        // whether the server's own certificate is among the trusted.
        Cause::CertificateWrongCa if hint == Some("leaf_as_ca") => match stack {
            Stack::Go | Stack::Jsse => Some(true),
            Stack::DotNet => None,
            _ => Some(false),
        },
        Cause::CertificateWrongCa => Some(false),
        _ if stack == Stack::Rustls => Some(false),
        // It has no key for what it presents first.
        Cause::CertificateCaAsLeaf if hint == Some("order") => Some(false),
        // OpenSSL does not mind, and neither do Java and Go.
        Cause::CertificateCaAsLeaf if stack != Stack::DotNet => Some(true),
        Cause::CertificateWeakKey | Cause::CertificateWeakSignature => match stack {
            // Its context asks for security level 2 whatever the system's is.
            Stack::Python => Some(false),
            _ => None,
        },
        Cause::CertificateMalformed if hint == Some("altered") => Some(false),
        Cause::CertificateUnsupported if is("reason", UNKNOWN_CRITICAL_EXTENSION) => Some(false),
        _ => None,
    }
}
