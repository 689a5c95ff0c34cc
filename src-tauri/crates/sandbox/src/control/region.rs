//! The product `region`.

use rediseal_tencent::region::{DescribeRegionsResponse, Region};
use serde_json::{Value, json};

use super::{
    actions::{Call, fields},
    refusal::Refusal,
};
use crate::text::Text;

pub(crate) fn regions(call: &mut Call<'_>) -> Result<Value, Refusal> {
    if call.parameters.get("Product") != Some(&json!("redis")) {
        return Err(Refusal::new(
            "InvalidParameter.ParameterError",
            "The product is not known; this sandbox has `redis`.",
            "产品不存在，沙箱仅提供 `redis`。",
        ));
    }
    let regions: Vec<_> = call
        .cloud
        .regions
        .iter()
        .map(|region| Region {
            region: Some(region.region.clone()),
            region_name: Some(Text::new(&region.name, &region.name_zh).into(call.language)),
            region_state: Some("AVAILABLE".to_owned()),
            other: ["RegionTypeMC", "LocationMC", "RegionNameMC", "RegionIdMC"]
                .map(|name| (name.to_owned(), Value::Null))
                .into(),
        })
        .collect();
    fields(&DescribeRegionsResponse {
        total_count: Some(regions.len() as i64),
        region_set: Some(regions),
        ..DescribeRegionsResponse::default()
    })
}
