//! The signature against published values, one file for each intermediate one, and as a
//! verifier against itself.
#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;
use proptest::prelude::*;
use rediseal_tencent::tc3::{Authorization, Message, ParseError, sign};
use secrecy::SecretString;

const JSON: (&str, &str) = ("Content-Type", "application/json; charset=utf-8");

macro_rules! golden {
    ($vector:literal, $secret_id:expr, $secret_key:expr, $service:expr, $headers:expr) => {{
        let headers = $headers;
        let message = Message {
            method: "POST",
            query: "",
            headers: &headers,
            body: include_bytes!(concat!("tc3/", $vector, "/body")),
            service: $service,
            timestamp: Timestamp::from_second(1_551_113_065).unwrap(),
        };
        let key = SecretString::from($secret_key);
        let signed = sign($secret_id, &key, &message);
        for (name, actual, expected) in [
            (
                "canonical_request",
                signed.canonical_request,
                include_str!(concat!("tc3/", $vector, "/canonical_request")),
            ),
            (
                "canonical_request_hash",
                signed.canonical_request_hash,
                include_str!(concat!("tc3/", $vector, "/canonical_request_hash")),
            ),
            (
                "string_to_sign",
                signed.string_to_sign,
                include_str!(concat!("tc3/", $vector, "/string_to_sign")),
            ),
            (
                "secret_date",
                hex::encode(signed.keys.secret_date),
                include_str!(concat!("tc3/", $vector, "/secret_date")),
            ),
            (
                "secret_service",
                hex::encode(signed.keys.secret_service),
                include_str!(concat!("tc3/", $vector, "/secret_service")),
            ),
            (
                "secret_signing",
                hex::encode(signed.keys.secret_signing),
                include_str!(concat!("tc3/", $vector, "/secret_signing")),
            ),
            (
                "signature",
                signed.authorization.signature.clone(),
                include_str!(concat!("tc3/", $vector, "/signature")),
            ),
            (
                "authorization",
                signed.authorization.to_string(),
                include_str!(concat!("tc3/", $vector, "/authorization")),
            ),
        ] {
            assert_eq!(actual, expected, "{name}");
        }
        assert!(signed.authorization.verify(&key, &message));
    }};
}

#[test]
fn vector_a_signs_two_headers() {
    golden!(
        "a",
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        "cvm",
        [JSON, ("Host", "cvm.tencentcloudapi.com")]
    );
}

#[test]
fn vector_b_signs_the_action_too() {
    golden!(
        "b",
        "AKID********************************",
        "********************************",
        "cvm",
        [
            ("X-TC-Action", "DescribeInstances"),
            ("Host", "cvm.tencentcloudapi.com"),
            JSON,
        ]
    );
}

#[test]
fn vector_c_is_for_redis() {
    golden!(
        "c",
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        "redis",
        [
            JSON,
            ("Host", "redis.tencentcloudapi.com"),
            ("X-TC-Action", "DescribeSSLStatus"),
        ]
    );
}

#[test]
fn the_date_is_the_utc_one() {
    let signed = |second| {
        let message = Message {
            timestamp: Timestamp::from_second(second).unwrap(),
            ..message(&[], b"")
        };
        sign("id", &SecretString::from("key"), &message)
            .authorization
            .date
    };
    assert_eq!(signed(1_551_139_199), "2019-02-25");
    assert_eq!(signed(1_551_139_200), "2019-02-26");
}

#[test]
fn a_header_that_is_not_ours_is_refused() {
    let parse = |header: &str| header.parse::<Authorization>().unwrap_err();
    assert_eq!(parse(""), ParseError::Algorithm);
    assert_eq!(parse("TC3-HMAC-SHA1 Credential="), ParseError::Algorithm);
    assert_eq!(
        parse("TC3-HMAC-SHA256 SignedHeaders=host"),
        ParseError::Missing("Credential")
    );
    let scope = "TC3-HMAC-SHA256 Credential=id/2019-02-25/redis/aws4_request, SignedHeaders=host";
    assert_eq!(parse(scope), ParseError::Scope);
    assert_eq!(
        parse("TC3-HMAC-SHA256 Credential=id/2019-02-25/redis/tc3_request, SignedHeaders=host"),
        ParseError::Missing("Signature")
    );
}

proptest! {
    #[test]
    fn the_header_reads_back(
        secret_id in "[0-9A-Za-z*]{1,40}",
        date in "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        service in "[a-z]{1,8}",
        signed_headers in proptest::collection::vec("[a-z-]{1,12}", 1..5),
        signature in "[0-9a-f]{64}",
    ) {
        let authorization = Authorization { secret_id, date, service, signed_headers, signature };
        prop_assert_eq!(authorization.to_string().parse(), Ok(authorization));
    }

    #[test]
    fn no_header_makes_the_parser_panic(header in "(TC3-HMAC-SHA256 )?\\PC{0,200}") {
        drop(header.parse::<Authorization>());
    }

    #[test]
    fn any_change_breaks_the_signature(
        body in proptest::collection::vec(any::<u8>(), 0..100),
        at in any::<proptest::sample::Index>(),
    ) {
        let headers = [JSON, ("host", "redis.tencentcloudapi.com")];
        let key = SecretString::from("key");
        let authorization = sign("id", &key, &message(&headers, &body)).authorization;
        prop_assert!(authorization.verify(&key, &message(&headers, &body)));
        prop_assert!(!authorization.verify(&SecretString::from("kez"), &message(&headers, &body)));
        prop_assert!(!authorization.verify(&key, &message(&headers[..1], &body)));
        if !body.is_empty() {
            let mut changed = body.clone();
            changed[at.index(body.len())] ^= 1;
            prop_assert!(!authorization.verify(&key, &message(&headers, &changed)));
        }
    }
}

fn message<'a>(headers: &'a [(&'a str, &'a str)], body: &'a [u8]) -> Message<'a> {
    Message {
        method: "POST",
        query: "",
        headers,
        body,
        service: "redis",
        timestamp: Timestamp::UNIX_EPOCH,
    }
}
