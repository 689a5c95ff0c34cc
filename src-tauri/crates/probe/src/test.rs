//! One test, from the name to the PING.

use futures::future::join_all;

use crate::attempt::Attempt;
use crate::clients;
use crate::cost::{self, Cost};
use crate::deep::{self, Deep};
use crate::error::Error;
use crate::plan::Plan;
use crate::report::{Report, SCHEMA, Stage, StageId};
use crate::request::{Request, Trust};
use crate::route::{Start, addresses};
use crate::stage::Stopwatch;
use crate::verdict;

/// Tests a server and reports. Whatever the server or the network does is in the report.
///
/// `progress` is called when a stage of the first address ends, and again when a later stage
/// tells more about it. Dropping the future ends the test and closes its connections.
///
/// # Errors
/// Only when the request cannot be used; nothing was sent then.
pub async fn test(
    request: Request,
    progress: impl Fn(&Stage) + Send + Sync,
) -> Result<Report, Error> {
    let started = request.now;
    let plan = plan(request).await?;
    let watch = Stopwatch::start(plan.timeout);

    let running = watch.stage(StageId::Dns);
    let (addresses, finding) =
        addresses(&plan.route, &plan.address, &plan.dns, watch.deadline(40)).await;
    let dns = running.end(finding);
    progress(&dns);

    let starts = Start::all(&plan.route, &plan.address, &addresses);
    let attempts = starts.iter().enumerate().map(|(position, start)| {
        let progress: &(dyn Fn(&Stage) + Send + Sync) = match position {
            0 => &progress,
            _ => &|_| {},
        };
        Attempt::run(&plan, start, watch, progress)
    });
    let attempts = join_all(attempts).await;

    let mut reports: Vec<_> = attempts.iter().map(|a| a.report.clone()).collect();
    for report in &mut reports {
        report.stages.insert(0, dns.clone());
    }
    let worst = verdict::worst(attempts).unwrap_or_else(|| Attempt::none(&plan));
    let (protocols, ciphers, survey) = match survey(&plan, &worst, watch).await {
        Some(deep) => (Some(deep.protocols), Some(deep.ciphers), Some(deep.survey)),
        None => (None, None, None),
    };
    let cost = cost(&plan, &worst, watch).await;
    let mut stages = worst.report.stages;
    stages.insert(0, dns);
    let mut report = Report {
        schema: SCHEMA,
        target: plan.target(),
        route: plan.route.shown(),
        started,
        elapsed_us: watch.elapsed_us(),
        verdict: verdict::of(&stages),
        cause: verdict::cause(&stages),
        stages,
        chain: worst.chain,
        protocol: worst.protocol,
        cipher: worst.cipher,
        group: worst.group,
        addresses: reports,
        protocols,
        ciphers,
        survey,
        cost,
        clients: Vec::new(),
    };
    report.clients = clients::verdicts(&report);
    Ok(report)
}

/// When it is asked for, and there is TLS to ask about.
async fn survey(plan: &Plan, worst: &Attempt, watch: Stopwatch) -> Option<Deep> {
    if !plan.deep || !worst.found_tls() {
        return None;
    }
    let peer = worst.peer.as_ref()?;
    let trusted = worst.passed(StageId::Chain);
    let deep = deep::survey(plan, peer, trusted, watch.deadline(100));
    // Large, and most tests do without it.
    Some(Box::pin(deep).await)
}

/// When it is asked for, and the server has proven who it is.
async fn cost(plan: &Plan, worst: &Attempt, watch: Stopwatch) -> Option<Cost> {
    let proven = worst.passed(StageId::Chain) && worst.passed(StageId::Name);
    if !plan.cost || !proven {
        return None;
    }
    let peer = worst.peer.as_ref()?;
    let plaintext = worst.accepts_plaintext();
    let cost = cost::measure(plan, peer, plaintext, watch.deadline(100));
    Some(Box::pin(cost).await)
}

/// Reading the system's trust store may take its time.
async fn plan(mut request: Request) -> Result<Plan, Error> {
    if let Trust::Os = request.trust {
        request.trust = Trust::Os.read(request.now).await?;
    }
    Plan::new(request)
}
