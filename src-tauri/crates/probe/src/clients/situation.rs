//! What a report says that matters to other clients.

use std::net::IpAddr;

use rediseal_certificate::{Facts, NameKind};

use super::stack::{CommonName, Stack};
use crate::cause::Cause;
use crate::report::{Report, Role, Stage, StageId, Status, Verdict};

/// Of one report.
pub(crate) struct Situation<'a> {
    /// What clients connect to: the name that was checked.
    pub(crate) host: &'a str,
    /// The CA file or the instance's CA, not the operating system's.
    pub(crate) trusts_given: bool,
    /// The test sent the server name that clients send by themselves.
    pub(crate) natural_sni: bool,
    /// Why TLS failed, before or after the certificate was seen.
    pub(crate) tls: Option<&'a Stage>,
    /// None when no certificate was seen.
    pub(crate) chain: Option<Chain<'a>>,
}

/// The certificate and what it hangs on.
pub(crate) struct Chain<'a> {
    /// Why it does not hold.
    pub(crate) failed: Option<&'a Stage>,
    /// The trusted certificate that it leads to is not self-signed.
    pub(crate) anchor_is_no_root: bool,
    /// The certificate at fault is the trusted one.
    pub(crate) anchor_is_at_fault: bool,
    /// It leads to no trusted CA at all.
    pub(crate) is_unknown: bool,
    /// The server sends nothing but its own certificate.
    pub(crate) is_alone: bool,
    leaf: Option<&'a Facts>,
    /// SAN and host match as RFC 9525 has it.
    pub(crate) name_holds: bool,
    /// None of the SANs is a name that could match.
    pub(crate) has_no_names: bool,
}

impl<'a> Situation<'a> {
    /// None when nothing can be said of any client: the server was not reached, or the connection
    /// ended for a reason that need not be theirs.
    pub(crate) fn of(report: &'a Report) -> Option<Self> {
        if report.verdict == Verdict::Unreachable {
            return None;
        }
        let tls = stage(report, StageId::Tls).filter(|tls| tls.status == Status::Failed);
        let says_nothing = [
            Cause::TlsClosed,
            Cause::TlsReset,
            Cause::TlsTimeout,
            Cause::TlsAlert,
            Cause::TlsBroken,
        ];
        if tls.is_some_and(|tls| tls.cause.is_none_or(|cause| says_nothing.contains(&cause))) {
            return None;
        }
        let host = report.target.name.as_str();
        let sni = (!is_address(host)).then_some(host);
        let situation = Self {
            host,
            trusts_given: report.target.trust == "ca",
            natural_sni: report.target.sni.as_deref() == sni,
            tls,
            chain: Chain::of(report),
        };
        (situation.tls.is_some() || situation.chain.is_some()).then_some(situation)
    }

    pub(crate) fn host_is_address(&self) -> bool {
        is_address(self.host)
    }

    /// A name that the certificate has, to connect to instead.
    pub(crate) fn other_name(&self) -> Option<&'a str> {
        let names = &self.chain.as_ref()?.leaf?.names;
        let of = |kind: NameKind| {
            let mut names = names.iter().filter(move |name| name.kind == kind);
            // Neither a wildcard nor an address that stands as a name is one to connect to.
            names.find(|name| {
                !name.value.contains('*') && (kind == NameKind::Ip) == is_address(&name.value)
            })
        };
        let name = of(NameKind::Dns).or_else(|| of(NameKind::Ip))?;
        // It goes into a line of code: what could end a string there is no name.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        name.value
            .chars()
            .all(is_plain)
            .then_some(name.value.as_str())
    }
}

impl<'a> Chain<'a> {
    fn of(report: &'a Report) -> Option<Self> {
        let chain =
            stage(report, StageId::Chain).filter(|stage| stage.status != Status::Skipped)?;
        let name = stage(report, StageId::Name)?;
        let leaf = report.chain.first().and_then(|link| link.facts.as_ref());
        let trusted = report.chain.iter().find(|link| link.role == Role::Trusted);
        let trusted = trusted.and_then(|link| link.facts.as_ref());
        // A leaf that is trusted itself is the last of its chain.
        let anchor = trusted.or(leaf);
        let at_fault = chain
            .facts
            .get("certificate")
            .and_then(|fact| fact.as_str());
        Some(Self {
            failed: (chain.status == Status::Failed).then_some(chain),
            anchor_is_no_root: anchor.is_some_and(|anchor| !anchor.self_issued),
            anchor_is_at_fault: trusted.is_some_and(|ca| Some(ca.subject.as_str()) == at_fault),
            is_unknown: trusted.is_none() && chain.status == Status::Failed,
            is_alone: report.chain.len() == 1,
            leaf,
            name_holds: name.status == Status::Passed,
            has_no_names: name.status == Status::Warning,
        })
    }

    /// The SANs of this kind, side by side.
    pub(crate) fn names(&self, kind: NameKind) -> String {
        let names = self.leaf.iter().flat_map(|leaf| &leaf.names);
        let names = names.filter(|name| name.kind == kind);
        let names: Vec<&str> = names.map(|name| name.value.as_str()).collect();
        names.join(", ")
    }

    pub(crate) fn common_name(&self) -> Option<&str> {
        self.leaf?.common_name.as_deref()
    }

    /// The common name is the host, and there is no SAN at all.
    pub(crate) fn is_named_by_subject_alone(&self, host: &str) -> bool {
        self.leaf.is_some_and(|leaf| leaf.names.is_empty())
            && self
                .common_name()
                .is_some_and(|name| matches(name, host, is_address(host)))
    }

    /// As this library matches names.
    pub(crate) fn is_named(&self, host: &str, stack: Stack) -> Named {
        if self.name_holds {
            return Named::BySan;
        }
        let Some(leaf) = self.leaf else {
            return Named::Not;
        };
        let address = is_address(host);
        let has = |kind: NameKind| leaf.names.iter().any(|name| name.kind == kind);
        let as_dns_name =
            |name: &rediseal_certificate::Name| name.kind == NameKind::Dns && name.value == host;
        if address && stack.takes_address_as_dns_name() && leaf.names.iter().any(as_dns_name) {
            return Named::BySan;
        }
        let counts = match stack.common_name() {
            CommonName::Never => false,
            CommonName::WithoutSan => !address && leaf.names.is_empty(),
            CommonName::WithoutDnsSan => !address && !has(NameKind::Dns),
            CommonName::AnyWithoutSan => leaf.names.is_empty(),
            CommonName::Any => true,
        };
        let common_name = leaf.common_name.as_deref();
        match counts && common_name.is_some_and(|name| matches(name, host, address)) {
            true => Named::ByCommonName,
            false => Named::Not,
        }
    }
}

/// Whether and by what the certificate is for the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    BySan,
    ByCommonName,
    Not,
}

/// Names without regard to case, with a wildcard for the first label (RFC 6125 6.4.3).
fn matches(pattern: &str, host: &str, address: bool) -> bool {
    let same = pattern.eq_ignore_ascii_case(host);
    let wild = match (pattern.strip_prefix("*."), host.split_once('.')) {
        (Some(rest), Some((_, parent))) => rest.eq_ignore_ascii_case(parent),
        _ => false,
    };
    same || (!address && wild)
}

fn is_address(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
}

fn stage(report: &Report, id: StageId) -> Option<&Stage> {
    report.stages.iter().find(|stage| stage.id == id)
}
