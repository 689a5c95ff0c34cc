//! All instances of a region, page by page, while the region changes under the reader.

use std::collections::HashSet;

use crate::{
    client::Client,
    error::Error,
    redis::{DescribeInstancesRequest, Instance},
};

/// Small enough for every page to come quickly, large enough for 35 pages a second to be plenty.
const PAGE: u64 = 100;
/// A region with more pages than this is taken for a service that does not stop.
const MAX_PAGES: u64 = 1_000;
/// An instance that is destroyed moves those behind it forward, past the reader: what is then
/// missing is looked for once more.
const PASSES: u32 = 2;

/// What was found in a region.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// Each instance once, in the order of the service.
    pub instances: Vec<Instance>,
    /// How many the service says there are.
    pub total: Option<i64>,
    /// Whether that many were found.
    pub complete: bool,
}

impl Client {
    /// Every instance of a region.
    ///
    /// # Errors
    /// As [`Client::describe_instances`], when a page fails for good.
    pub async fn all_instances(&self, region: &str) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        let mut seen = HashSet::new();
        for _ in 0..PASSES {
            self.pass(region, &mut listing, &mut seen).await?;
            let found = i64::try_from(listing.instances.len()).unwrap_or(i64::MAX);
            listing.complete = listing.total.is_none_or(|total| found >= total);
            if listing.complete {
                break;
            }
        }
        Ok(listing)
    }

    async fn pass(
        &self,
        region: &str,
        listing: &mut Listing,
        seen: &mut HashSet<String>,
    ) -> Result<(), Error> {
        let mut passed = HashSet::new();
        for page in 0..MAX_PAGES {
            let request = DescribeInstancesRequest {
                limit: Some(PAGE),
                offset: Some(page * PAGE),
                instance_id: None,
            };
            let answer = self.describe_instances(region, &request).await?;
            listing.total = answer.total_count.or(listing.total);
            let instances = answer.instance_set.unwrap_or_default();
            let short = (instances.len() as u64) < PAGE;
            let mut news = false;
            for instance in instances {
                // One without an id cannot be told apart from itself on the next pass.
                let id = instance.instance_id.clone().unwrap_or_default();
                news |= passed.insert(id.clone());
                if seen.insert(id) {
                    listing.instances.push(instance);
                }
            }
            let more = match answer.total_count.map(u64::try_from) {
                Some(Ok(total)) => (page + 1) * PAGE < total,
                _ => !short,
            };
            if !news || !more {
                break;
            }
        }
        Ok(())
    }
}
