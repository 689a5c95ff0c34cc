//! What can be chosen about SSL: the address of the certificate, the encryption mode, a new
//! certificate; and clouds that do not know these yet.

use rediseal_engine::Code;
use rediseal_engine::view::{
    Action, CertificateAddress, EncryptionMode, EventCode, JobSnapshot, Keep, MinVersion, Phase,
    Plan,
};
use rediseal_probe::{Verdict, WithoutTls};
use serde_json::{Value, json};

use crate::restart::{Process, reopen};
use crate::support::{Lab, ON, ON_WITHOUT_NAMES, READY, apply, codes, run, until};

const REQUIRED: Action = Action::SetEncryptionMode {
    mode: EncryptionMode::Required,
};
const FLEXIBLE: Action = Action::SetEncryptionMode {
    mode: EncryptionMode::Flexible,
};
const NEW_CERTIFICATE: Action = Action::UpdateCertificate {
    address: None,
    min_version: None,
    certificate_id: None,
};

const fn enable_for(address: CertificateAddress) -> Action {
    Action::EnableSsl {
        address: Some(address),
    }
}

fn consequences(plan: &Plan) -> Vec<&str> {
    plan.consequences.iter().map(|c| c.code.as_str()).collect()
}

fn facts(job: &JobSnapshot, code: EventCode) -> &serde_json::Map<String, Value> {
    let event = job.events.iter().find(|event| event.code == code);
    &event.unwrap().facts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_certificate_is_for_the_address_that_is_chosen() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let instance = [READY.to_owned()];
    let plain = engine.plan(Action::ENABLE_SSL, &instance).await.unwrap();
    assert!(consequences(&plain).contains(&"certificate_without_names"));
    let offered: Vec<_> = plain
        .addresses
        .iter()
        .map(|choice| (choice.address, choice.host.as_deref()))
        .collect();
    assert_eq!(
        offered,
        [(CertificateAddress::PrivateIpv4, Some("127.0.0.1"))]
    );

    let chosen = enable_for(CertificateAddress::PrivateIpv4);
    let plan = engine.plan(chosen.clone(), &instance).await.unwrap();
    assert!(!consequences(&plan).contains(&"certificate_without_names"));
    let named = plan.consequences.iter();
    let named = named.filter(|c| c.code == "certificate_for_address");
    assert_eq!(
        named.map(|c| &c.facts["host"]).collect::<Vec<_>>(),
        ["127.0.0.1"]
    );
    let job = run(&engine, chosen, READY).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert_eq!(job.test.as_ref().unwrap().verdict, Verdict::Secure);
    let row = engine.instance_detail(READY).await.unwrap().row;
    assert_eq!(row.encrypt_address.as_deref(), Some("127.0.0.1"));
    let log = engine.audit_log().await.unwrap();
    let accepted = log.entries.iter().find(|e| e.result == "accepted").unwrap();
    assert_eq!(accepted.facts["address"], "private_ipv4");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_the_instance_lacks_is_not_asked_for() {
    let lab = Lab::still().await;
    let engine = lab.engine().await;
    for address in [CertificateAddress::Public, CertificateAddress::PrivateIpv6] {
        let plan = engine.plan(enable_for(address), &[READY.to_owned()]).await;
        assert!(!plan.unwrap().targets[0].applicable);
        let error = apply(&engine, enable_for(address), READY).await;
        assert_eq!(error.unwrap_err().code(), Code::PreconditionFailed);
    }
    assert_eq!(lab.calls("OpenSSL"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_older_cloud_lacks_is_not_available_yet() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    lab.fault("older");
    let addressed = enable_for(CertificateAddress::PrivateIpv4);
    let update = Action::UpdateCertificate {
        address: None,
        min_version: Some(MinVersion::Tls13),
        certificate_id: None,
    };
    for (action, instance) in [(addressed, READY), (REQUIRED, ON), (update, ON)] {
        let job = run(&engine, action, instance).await;
        assert_eq!(job.phase, Phase::Failed, "{job:#?}");
        let error = job.error.as_ref().unwrap();
        assert_eq!(error.code, Code::NotAvailableYet);
        assert!(!error.retryable && !codes(&job).contains(&EventCode::AnswerLost));
    }
    // The same without what is too new; nothing did that by itself.
    let row = engine.instance_detail(READY).await.unwrap().row;
    assert_eq!(row.ssl, rediseal_engine::view::Ssl::Off);
    let job = run(&engine, Action::ENABLE_SSL, READY).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert_eq!(lab.calls("ModifySSLEncryptionMode"), 0);
    assert_eq!(lab.calls("UpdateSSLCert"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plaintext_is_refused_where_encryption_is_required() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let seen = async || engine.plaintext(ON).await.unwrap().seen;
    assert_eq!(seen().await, WithoutTls::Accepted);
    let plan = engine.plan(REQUIRED, &[ON.to_owned()]).await.unwrap();
    assert_eq!(plan.confirmation.as_deref(), Some(ON));
    assert_eq!(
        consequences(&plan),
        [
            "plaintext_connections_dropped",
            "plaintext_refused",
            "mode_not_reported",
            "newer_api",
            "task_cannot_be_cancelled"
        ]
    );
    let unconfirmed = engine.apply(&plan.id, Default::default(), "r").await;
    assert_eq!(unconfirmed.unwrap_err().code(), Code::ConfirmationMismatch);

    let job = run(&engine, REQUIRED, ON).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert!(codes(&job).contains(&EventCode::Confirmed), "{job:#?}");
    assert_eq!(facts(&job, EventCode::TriedWithoutTls)["seen"], "refused");
    assert_eq!(job.test.as_ref().unwrap().verdict, Verdict::Secure);
    assert_eq!(seen().await, WithoutTls::Refused);

    let plan = engine.plan(FLEXIBLE, &[ON.to_owned()]).await.unwrap();
    assert_eq!(plan.confirmation, None);
    let job = run(&engine, FLEXIBLE, ON).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert_eq!(facts(&job, EventCode::TriedWithoutTls)["seen"], "accepted");
    assert_eq!(seen().await, WithoutTls::Accepted);
    assert_eq!(lab.calls("ModifySSLEncryptionMode"), 2);

    let off = engine.plan(REQUIRED, &[READY.to_owned()]).await.unwrap();
    assert!(!off.targets[0].applicable, "SSL is off there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_fails_changes_no_mode() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    lab.fault(&format!("task_fail:{ON}"));
    let job = run(&engine, REQUIRED, ON).await;
    assert_eq!(job.phase, Phase::Failed, "{job:#?}");
    assert_eq!(job.error.unwrap().code, Code::TaskFailed);
    let look = engine.plaintext(ON).await.unwrap();
    assert_eq!(look.seen, WithoutTls::Accepted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_certificate_is_compared_with_the_old_one() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let update = Action::UpdateCertificate {
        address: Some(CertificateAddress::PrivateIpv4),
        min_version: Some(MinVersion::Tls13),
        certificate_id: None,
    };
    let job = run(&engine, update, ON_WITHOUT_NAMES).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    // It names the address now.
    assert_eq!(job.test.as_ref().unwrap().verdict, Verdict::Secure);
    let compared = facts(&job, EventCode::CertificateCompared);
    assert_eq!(compared["leaf_is_new"], json!(true));
    assert_eq!(compared["authorities_are_new"], json!(false));
    assert_ne!(compared["leaf"], compared["leaf_before"]);
    assert_eq!(lab.calls("UpdateSSLCert"), 1);
}

fn own_certificate(id: &str) -> Action {
    Action::UpdateCertificate {
        address: Some(CertificateAddress::PrivateIpv4),
        min_version: None,
        certificate_id: Some(id.to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_one_s_own_comes_with_its_own_authority() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let own = own_certificate("rs2K7mXq");
    let plan = engine.plan(own.clone(), &[ON.to_owned()]).await.unwrap();
    let told = plan.consequences.iter();
    let told = told.filter_map(|c| c.facts.get("id"));
    assert_eq!(told.collect::<Vec<_>>(), ["rs2K7mXq"]);
    let job = run(&engine, own, ON).await;
    assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
    assert_eq!(job.test.as_ref().unwrap().verdict, Verdict::Secure);
    let compared = facts(&job, EventCode::CertificateCompared);
    assert_eq!(compared["leaf_is_new"], json!(true));
    assert_eq!(compared["authorities_are_new"], json!(true));
    let detail = engine.instance_detail(ON).await.unwrap();
    let subject = &detail.certificate.unwrap().certificates[0].subject;
    assert!(subject.contains("Company CA"), "{subject}");
    let log = engine.audit_log().await.unwrap();
    let accepted = log.entries.iter().find(|e| e.result == "accepted").unwrap();
    assert_eq!(accepted.facts["certificate_id"], "rs2K7mXq");

    // Without an id it is the cloud's own again.
    let job = run(&engine, NEW_CERTIFICATE, ON).await;
    let compared = facts(&job, EventCode::CertificateCompared);
    assert_eq!(compared["authorities_are_new"], json!(true), "{job:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_the_account_does_not_have_is_refused_and_changes_nothing() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    let job = run(&engine, own_certificate("aKnH4alS"), ON).await;
    assert_eq!(job.phase, Phase::Failed, "{job:#?}");
    let error = job.error.as_ref().unwrap();
    assert_eq!(error.details["cloud_code"], "ResourceNotFound");
    assert!(error.message.contains("aKnH4alS"), "{error:?}");
    assert!(!error.retryable && !codes(&job).contains(&EventCode::AnswerLost));
    assert_eq!(lab.calls("UpdateSSLCert"), 1);
    assert!(lab.sandbox.ledger().writes.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_the_intent_and_the_answer() {
    for (action, name) in [
        (REQUIRED, "ModifySSLEncryptionMode"),
        (NEW_CERTIFICATE, "UpdateSSLCert"),
    ] {
        let lab = Lab::still().await;
        let process = Process::start(&lab, Keep::Keychain).await;
        lab.fault(&format!("hold:{name}"));
        let job = process.apply_to(ON, action).await;
        until("the request", || lab.calls(name) == 1).await;
        process.kill().await;
        lab.sandbox.clear_faults();
        // It is over before anybody looks.
        lab.advance(600);

        let engine = reopen(&lab).await;
        let job = engine.wait_for(&job.id).await.unwrap();
        assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
        assert!(job.test.is_some(), "{job:#?}");
        assert_eq!(lab.calls(name), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_lost_is_found_in_the_cloud() {
    for (action, name) in [
        (REQUIRED, "ModifySSLEncryptionMode"),
        (NEW_CERTIFICATE, "UpdateSSLCert"),
    ] {
        let lab = Lab::fast().await;
        let engine = lab.engine().await;
        // No task is listed either.
        lab.fault("task_minus_one");
        lab.fault(&format!("reset_after:{name}@1"));
        let job = run(&engine, action, ON).await;
        assert_eq!(job.phase, Phase::Succeeded, "{job:#?}");
        assert!(codes(&job).contains(&EventCode::AnswerLost), "{job:#?}");
        assert_eq!(lab.calls(name), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_left_no_trace_is_not_said_to_be_refused() {
    let lab = Lab::fast().await;
    let engine = lab.engine().await;
    lab.fault("reset:UpdateSSLCert@1");
    let job = run(&engine, NEW_CERTIFICATE, ON).await;
    assert_eq!(job.phase, Phase::Failed, "{job:#?}");
    assert!(codes(&job).contains(&EventCode::NoTrace), "{job:#?}");
    // Of a mode there is one: the server still takes plaintext.
    lab.fault("reset:ModifySSLEncryptionMode@1");
    let job = run(&engine, REQUIRED, ON).await;
    assert!(codes(&job).contains(&EventCode::NothingInCloud), "{job:#?}");
}
