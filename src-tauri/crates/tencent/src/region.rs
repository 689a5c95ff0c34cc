//! Wire types of the `region` product, version 2022-06-27.

use serde::{Deserialize, Serialize};

use crate::answer::{answers, list};

/// `DescribeRegions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeRegionsRequest {
    /// `redis` here.
    pub product: String,
}

answers! {
    /// The answer to `DescribeRegions`.
    DescribeRegionsResponse {
        total_count: i64,
        #[serde(deserialize_with = "list")]
        region_set: Vec<Region>,
    }

    /// An element of `RegionSet`.
    Region {
        region: String,
        region_name: String,
        /// `AVAILABLE` or another word.
        region_state: String,
    }
}
