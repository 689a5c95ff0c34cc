//! The product `sts`.

use rediseal_tencent::sts::CallerIdentity;
use serde_json::Value;

use super::{
    actions::{Call, fields},
    refusal::Refusal,
};

pub(crate) fn caller_identity(_: &mut Call<'_>) -> Result<Value, Refusal> {
    fields(&CallerIdentity {
        arn: Some("qcs::cam::uin/100000000001:uin/100000000002".to_owned()),
        account_id: Some("100000000001".to_owned()),
        user_id: Some("100000000002".to_owned()),
        principal_id: Some("100000000002".to_owned()),
        kind: Some("CAMUser".to_owned()),
        ..CallerIdentity::default()
    })
}
