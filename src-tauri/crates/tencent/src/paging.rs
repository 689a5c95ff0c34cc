//! All instances of a region, page by page, while the region changes under the reader.

use std::collections::HashSet;

use crate::{
    client::Client,
    error::Error,
    redis::{DescribeInstancesRequest, Instance},
};

/// Half of what the service allows: some thousand instances are a dozen requests, and a page of
/// them, about 1.5 MB, still comes quickly.
const PAGE: u64 = 500;
/// A region with more pages than this is taken for a service that does not stop.
const MAX_PAGES: u64 = 1_000;
/// A region that changes while it is read is read once more.
const PASSES: usize = 2;

/// What was found in a region.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// Each instance once, in the order of the service.
    pub instances: Vec<Instance>,
    /// How many the service says there are.
    pub total: Option<i64>,
    /// Whether all of them are here. Otherwise the region changed under every reading, or the
    /// service promises more than it gives.
    pub complete: bool,
}

impl Client {
    /// Every instance of a region.
    ///
    /// An instance that is destroyed while the region is read moves those behind it forward, one
    /// of them past the reader, and the number found still equals the total. So a reading counts
    /// only when the total stood still; else what two readings found is put together.
    ///
    /// # Errors
    /// As [`Client::describe_instances`], when a page fails for good.
    pub async fn all_instances(&self, region: &str) -> Result<Listing, Error> {
        let mut found = Listing::default();
        for _ in 0..PASSES {
            let pass = self.read_pages(region).await?;
            if pass.complete {
                return Ok(pass);
            }
            let known = ids(&found.instances);
            let news = pass.instances.into_iter().filter(|instance| {
                instance
                    .instance_id
                    .as_ref()
                    .is_none_or(|id| !known.contains(id))
            });
            found.instances.extend(news);
            found.total = pass.total;
        }
        Ok(found)
    }

    async fn read_pages(&self, region: &str) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        let mut seen = HashSet::new();
        let mut totals = HashSet::new();
        for page in 0..MAX_PAGES {
            let request = DescribeInstancesRequest {
                limit: Some(PAGE),
                offset: Some(page * PAGE),
                instance_id: None,
            };
            let answer = self.describe_instances(region, &request).await?;
            let instances = answer.instance_set.unwrap_or_default();
            totals.insert(answer.total_count);
            listing.total = answer.total_count.or(listing.total);
            let more = match answer.total_count.map(u64::try_from) {
                Some(Ok(total)) => (page + 1) * PAGE < total,
                _ => instances.len() as u64 == PAGE,
            };
            let before = listing.instances.len();
            for instance in instances {
                let id = instance.instance_id.clone();
                if id.is_none_or(|id| seen.insert(id)) {
                    listing.instances.push(instance);
                }
            }
            if !more || listing.instances.len() == before {
                break;
            }
        }
        let count = i64::try_from(listing.instances.len()).ok();
        listing.complete = totals.len() == 1 && (listing.total.is_none() || listing.total == count);
        Ok(listing)
    }
}

fn ids(instances: &[Instance]) -> HashSet<String> {
    instances
        .iter()
        .filter_map(|instance| instance.instance_id.clone())
        .collect()
}
