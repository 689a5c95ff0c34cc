//! Wire types of the `region` product, version 2022-06-27.

use serde::{Deserialize, Serialize};

use crate::redis::Other;

/// `DescribeRegions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeRegionsRequest {
    /// `redis` here.
    pub product: String,
}

/// The answer to `DescribeRegions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct DescribeRegionsResponse {
    pub total_count: Option<i64>,
    pub region_set: Option<Vec<Region>>,
    #[serde(flatten)]
    pub other: Other,
}

/// An element of `RegionSet`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the vendor's field names")]
pub struct Region {
    pub region: Option<String>,
    pub region_name: Option<String>,
    /// `AVAILABLE` or another word.
    pub region_state: Option<String>,
    #[serde(flatten)]
    pub other: Other,
}
