//! What is expected of a test, and what every report has to keep to.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use rediseal_probe::{
    Address, Cause, Report, Request, Stage, StageId, Status, Trust, Verdict, test,
};

use crate::pki::Authority;

/// Scheduling on a busy machine, not work: nothing may start after the deadline.
const SLACK: Duration = Duration::from_secs(2);

/// Past the deadline, it never ends by itself.
const HANGS: Duration = Duration::from_secs(30);

pub(crate) fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

pub(crate) fn request(address: SocketAddr, authority: &Authority) -> Request {
    trusting(address, [authority.der()])
}

pub(crate) fn trusting<const N: usize>(address: SocketAddr, ders: [Vec<u8>; N]) -> Request {
    let address = Address::new(&address.ip().to_string(), address.port()).unwrap();
    Request::new(address, Trust::Authorities(ders.to_vec()), now())
}

/// Runs the test and checks what holds for every report.
pub(crate) async fn report(request: Request) -> Report {
    let timeout = request.timeout;
    let seen = std::sync::Mutex::new(Vec::new());
    let address = request.address.to_string();
    let running = test(request, |stage| seen.lock().unwrap().push(stage.clone()));
    let report = tokio::time::timeout(timeout + HANGS, running)
        .await
        .unwrap_or_else(|_| panic!("the test of {address} hangs: {timeout:?} are long over"))
        .unwrap();
    let elapsed = Duration::from_micros(report.elapsed_us);
    assert!(elapsed <= timeout + SLACK, "{elapsed:?} of {timeout:?}");
    let order: Vec<StageId> = report.stages.iter().map(|stage| stage.id).collect();
    let mut expected = vec![
        StageId::Dns,
        StageId::Tcp,
        StageId::Hop,
        StageId::Tls,
        StageId::Chain,
        StageId::Name,
        StageId::Redis,
    ];
    expected.retain(|id| *id != StageId::Hop || report.route != "direct");
    assert_eq!(order, expected);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
    if report.addresses.len() <= 1 {
        for stage in report.stages.iter().filter(|s| s.status != Status::Skipped) {
            let seen = seen.lock().unwrap();
            let last = seen.iter().rfind(|told| told.id == stage.id);
            assert_eq!(last, Some(stage), "progress told the same");
        }
    }
    report
}

/// The first failing stage and its cause, and the verdict that follows.
pub(crate) async fn fails(request: Request, stage: StageId, cause: Cause) -> Report {
    let report = report(request).await;
    let failed = report.stages.iter().find(|s| s.status == Status::Failed);
    assert_eq!(
        failed.map(|stage| (stage.id, stage.cause)),
        Some((stage, Some(cause))),
        "{report:#?}"
    );
    assert_eq!(report.cause, Some(cause));
    let verdict = match stage {
        StageId::Dns | StageId::Tcp | StageId::Hop => Verdict::Unreachable,
        StageId::Tls | StageId::Chain | StageId::Name => Verdict::Insecure,
        StageId::Redis => Verdict::Secure,
    };
    assert_eq!(report.verdict, verdict);
    report
}

/// Nothing failed.
pub(crate) async fn holds(request: Request, verdict: Verdict) -> Report {
    let report = report(request).await;
    let failed = report.stages.iter().find(|s| s.status == Status::Failed);
    assert_eq!(failed, None);
    assert_eq!(report.verdict, verdict, "{report:#?}");
    report
}

pub(crate) fn stage(report: &Report, id: StageId) -> &Stage {
    report.stages.iter().find(|stage| stage.id == id).unwrap()
}

pub(crate) fn fact<'a>(report: &'a Report, id: StageId, name: &str) -> &'a serde_json::Value {
    let facts = &stage(report, id).facts;
    facts
        .get(name)
        .unwrap_or_else(|| panic!("no {name} in {facts:?}"))
}
