//! Every error code that the vendor's SDK lists for the products has an explanation and a class.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use rediseal_tencent::{Class, Language, catalogue};
use serde_json::Value;

use crate::vendor;

const ENGLISH: &str = include_str!("../../src-tauri/crates/tencent/errors/en.json");
const CHINESE: &str = include_str!("../../src-tauri/crates/tencent/errors/zh-CN.json");
/// The list of `sts` is of all its actions; these are of the one that is used here.
const CALLER_IDENTITY: [&str; 3] = [
    "AuthFailure.AccessKeyIllegal",
    "InternalError.GetSeedTokenError",
    "InvalidParameter.AccessKeyNotSupport",
];

#[test]
fn every_code_of_the_sdk_is_explained() {
    let mut codes = listed("redis/v20180412");
    assert!(codes.len() > 100, "{} codes", codes.len());
    codes.extend(listed("region/v20220627"));
    let sts = listed("sts/v20180813");
    for code in CALLER_IDENTITY {
        assert!(sts.contains(code), "{code} is gone");
        codes.insert(code.to_owned());
    }
    for (language, texts) in [(Language::English, ENGLISH), (Language::Chinese, CHINESE)] {
        let texts: BTreeMap<String, Value> = serde_json::from_str(texts).unwrap();
        let missing: Vec<_> = codes
            .iter()
            .filter(|code| !texts.contains_key(*code))
            .collect();
        assert!(missing.is_empty(), "{language:?} has no {missing:?}");
        for code in &codes {
            let class = Class::of_code(code);
            assert_ne!(class, Class::Unknown, "{code}");
            let text = catalogue::text(language, Some(code), class);
            assert_eq!(texts[code]["title"], text.title, "{code}");
        }
    }
}

/// The codes are the values of the module's constants.
fn listed(product: &str) -> BTreeSet<String> {
    let file = vendor::packages().join(format!("tencentcloud/{product}/errorcodes.py"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    text.lines()
        .filter_map(|line| {
            let (_, value) = line.split_once(" = '")?;
            Some(value.strip_suffix('\'')?.to_owned())
        })
        .collect()
}
