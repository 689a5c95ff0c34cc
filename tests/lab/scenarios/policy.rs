//! Nothing is wrong with what this client negotiates: what else the server would take is too old
//! or too weak. A deep report finds it.

use std::time::Duration;

use rediseal_probe::{Cause, Request};

use crate::children::{redis_with_tls, stunnel_for};
use crate::pki::Authority;
use crate::scenario::{Make, Scenario, Site};
use crate::servers::{REDIS, plain};

pub(crate) fn scenarios() -> Vec<Scenario> {
    use Cause::{PolicyOldProtocol, PolicyWeakCipher};
    vec![
        through_stunnel(
            "old-versions-too",
            "TLS 1.0 and 1.1 as well",
            PolicyOldProtocol,
            &["sslVersionMin = TLSv1", "ciphers = DEFAULT@SECLEVEL=0"],
        ),
        redis(
            "tls-1.1-too-redis",
            "TLS 1.1 as well",
            PolicyOldProtocol,
            &[
                "tls-protocols \"TLSv1.1 TLSv1.2 TLSv1.3\"",
                "tls-ciphers DEFAULT@SECLEVEL=0",
            ],
        ),
        through_stunnel(
            "anonymous-too",
            "A cipher suite as well that proves nobody's identity",
            PolicyWeakCipher,
            &[
                "sslVersion = TLSv1.2",
                "ciphers = ECDHE-RSA-AES128-GCM-SHA256:AECDH-AES256-SHA:@SECLEVEL=0",
            ],
        ),
        redis(
            "null-cipher-too-redis",
            "A cipher suite as well that does not encrypt",
            PolicyWeakCipher,
            &[
                "tls-protocols TLSv1.2",
                "tls-ciphers ECDHE-RSA-AES128-GCM-SHA256:NULL-SHA256:@SECLEVEL=0",
            ],
        ),
    ]
}

fn redis(
    id: &'static str,
    about: &'static str,
    cause: Cause,
    settings: &'static [&'static str],
) -> Scenario {
    Scenario::surveyed(id, Make::Redis, about, cause).at(move || async move {
        let ca = Authority::new("Lab CA");
        let settings = [settings, &["tls-auth-clients no"]].concat();
        let server = redis_with_tls(&ca.issue_rsa(), &ca.pem(), &settings);
        Site::program(server, &ca).with(in_depth)
    })
}

fn through_stunnel(
    id: &'static str,
    about: &'static str,
    cause: Cause,
    settings: &'static [&'static str],
) -> Scenario {
    Scenario::surveyed(id, Make::Stunnel, about, cause).at(move || async move {
        let ca = Authority::new("Lab CA");
        let redis = plain(REDIS).await;
        let stunnel = stunnel_for(&ca.issue_rsa(), redis.address, settings);
        let request = crate::case::request(stunnel.address, &ca);
        Site::new(request, (redis, stunnel)).with(in_depth)
    })
}

fn in_depth(request: &mut Request) {
    request.deep = true;
    request.timeout = Duration::from_secs(60);
}
