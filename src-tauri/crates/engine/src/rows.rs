//! A row of the fleet from what the cloud answered.

use rediseal_probe::Report;
use rediseal_tencent::kind::kind;
use rediseal_tencent::redis::Instance;

use crate::code::Code;
use crate::expiry::FirstEnd;
use crate::readiness::{findings, readiness, reported_mode, ssl_state};
use crate::store::Known;
use crate::view::{InstanceRow, LastTest, Ssl};

/// The row of an instance, with its newest report, what is known to end first of its certificates,
/// and the job that runs on it.
pub(crate) fn row(
    known: &Known,
    report: Option<&Report>,
    end: Option<&FirstEnd>,
    job: Option<&str>,
) -> InstanceRow {
    let instance = &known.instance;
    let findings = findings(instance, known.ssl.as_ref());
    let ssl = ssl_state(instance, known.ssl.as_ref(), &findings);
    let kind = instance.kind.and_then(kind);
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    // An archive can be had where SSL is off, too; nothing depends on its end.
    let end = end.filter(|_| !matches!(ssl, Ssl::Off | Ssl::Unsupported));
    InstanceRow {
        instance_id: known.id().to_owned(),
        name: text(&instance.instance_name),
        region: known.region.clone(),
        engine: match (kind, instance.kind) {
            (Some(kind), _) => kind.engine.to_owned(),
            (None, Some(code)) => code.to_string(),
            (None, None) => text(&instance.engine),
        },
        version: kind.map_or_else(String::new, |kind| kind.version.to_owned()),
        architecture: kind.map_or_else(
            || match instance.product_type.as_deref() {
                Some("standalone") => "standard".to_owned(),
                Some(other) => other.to_owned(),
                None => String::new(),
            },
            |kind| kind.architecture.to_owned(),
        ),
        shards: instance.redis_shard_num.unwrap_or(1),
        address: private_address(instance).unwrap_or_default(),
        public_address: public_address(instance),
        ipv6_address: ipv6_address(instance),
        status: instance.status,
        readiness: readiness(ssl, &findings),
        password_free: instance.no_auth.unwrap_or(false),
        proxy_version: text(&instance.current_proxy_version),
        proxy_upgrade: text(&instance.upgrade_proxy_version),
        encrypt_address: known
            .ssl
            .as_ref()
            .and_then(|ssl| ssl.encrypt_address.clone())
            .filter(|address| !address.is_empty()),
        encryption_mode: known.ssl.as_ref().and_then(reported_mode),
        certificate_ends: end.map(|end| end.at),
        certificate_ends_of: end.and_then(|end| end.of.clone()),
        last_test: report.map(last_test),
        job_id: job.map(str::to_owned),
        asked: known.asked,
        // An engine without SSL, or an isolated instance, answers the question with an error:
        // that is its answer.
        error: known.error.clone().filter(|error| {
            !matches!(
                (ssl, error.code),
                (Ssl::Unsupported, Code::Unsupported | Code::NotAvailableYet)
                    | (Ssl::Busy, Code::InstanceBusy | Code::PreconditionFailed)
            )
        }),
        ssl,
        findings,
    }
}

pub(crate) fn last_test(report: &Report) -> LastTest {
    LastTest {
        at: report.started,
        verdict: report.verdict,
        cause: report.cause,
        elapsed_us: report.elapsed_us,
    }
}

/// `host:port` in the private network.
pub(crate) fn private_address(instance: &Instance) -> Option<String> {
    with_port(instance.wan_ip.as_deref(), instance.port)
}

/// `host:port` on the internet.
pub(crate) fn public_address(instance: &Instance) -> Option<String> {
    with_port(instance.wan_address.as_deref(), instance.port)
}

/// `[host]:port`.
pub(crate) fn ipv6_address(instance: &Instance) -> Option<String> {
    with_port(instance.ipv6.as_deref(), instance.port)
}

// Whether the public address carries its port is not documented.
fn with_port(host: Option<&str>, port: Option<i64>) -> Option<String> {
    let host = host.map(str::trim).filter(|host| !host.is_empty())?;
    if host.parse::<std::net::Ipv6Addr>().is_ok() {
        return Some(format!("[{host}]:{}", port?));
    }
    if host.contains(':') {
        return Some(host.to_owned());
    }
    Some(format!("{host}:{}", port?))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::view::EdgeError;

    #[test]
    fn addresses_have_their_port() {
        for (host, expected) in [
            ("10.0.0.1", Some("10.0.0.1:6379")),
            (
                "gz-crs.sql.tencentcdb.com",
                Some("gz-crs.sql.tencentcdb.com:6379"),
            ),
            (
                "gz-crs.sql.tencentcdb.com:26000",
                Some("gz-crs.sql.tencentcdb.com:26000"),
            ),
            ("2402:4e00::1", Some("[2402:4e00::1]:6379")),
            ("[2402:4e00::1]:6379", Some("[2402:4e00::1]:6379")),
            ("", None),
        ] {
            assert_eq!(with_port(Some(host), Some(6379)).as_deref(), expected);
        }
        assert_eq!(with_port(Some("10.0.0.1"), None), None);
    }

    #[test]
    fn an_engine_without_ssl_is_no_failure() {
        let mut known = Known {
            instance: Instance {
                kind: Some(4),
                status: Some(2),
                ..Instance::default()
            },
            error: Some(EdgeError {
                code: Code::Unsupported,
                message: String::new(),
                retryable: false,
                request_id: None,
                details: crate::view::FactMap::new(),
            }),
            ..Known::default()
        };
        assert_eq!(row(&known, None, None, None).error, None);
        known.error.as_mut().unwrap().code = Code::Timeout;
        assert!(row(&known, None, None, None).error.is_some());
    }

    #[test]
    fn an_instance_that_says_nothing_has_a_row() {
        let row = row(&Known::default(), None, None, None);
        assert_eq!((row.engine.as_str(), row.ssl), ("", Ssl::Unknown));
    }
}
