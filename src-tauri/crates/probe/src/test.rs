//! One test, from the name to the PING.

use std::net::SocketAddr;

use futures::future::join_all;

use crate::attempt::Attempt;
use crate::error::Error;
use crate::plan::Plan;
use crate::report::{Report, SCHEMA, Stage, StageId};
use crate::request::{Request, Trust};
use crate::resolve::resolve;
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
    let (addresses, dns) = match resolve(plan.address.target(), &plan.dns, watch.deadline(40)).await
    {
        Ok((addresses, finding)) => (addresses, running.end(finding)),
        Err(finding) => (Vec::new(), running.end(finding)),
    };
    progress(&dns);

    let attempts = addresses.iter().enumerate().map(|(position, ip)| {
        let address = SocketAddr::new(*ip, plan.address.port());
        let progress: &(dyn Fn(&Stage) + Send + Sync) = match position {
            0 => &progress,
            _ => &|_| {},
        };
        Attempt::run(&plan, address, watch, progress)
    });
    let attempts = join_all(attempts).await;

    let mut reports: Vec<_> = attempts.iter().map(|a| a.report.clone()).collect();
    for report in &mut reports {
        report.stages.insert(0, dns.clone());
    }
    let worst = verdict::worst(attempts).unwrap_or_else(Attempt::none);
    let mut stages = worst.report.stages;
    stages.insert(0, dns);
    Ok(Report {
        schema: SCHEMA,
        target: plan.target(),
        route: "direct".to_owned(),
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
        clients: Vec::new(),
    })
}

/// Reading the system's trust store may take its time.
async fn plan(request: Request) -> Result<Plan, Error> {
    match request.trust {
        Trust::Authorities(_) => Plan::new(request),
        Trust::Os => tokio::task::spawn_blocking(|| Plan::new(request))
            .await
            .unwrap_or_else(|error| {
                let reason = error.to_string();
                Err(Error::OsStore { reason })
            }),
    }
}
