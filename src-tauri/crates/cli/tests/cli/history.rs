//! Which certificates an instance was seen with, and what changed, also between two runs.

use crate::run::Sandbox;

const ID: &str = "crs-5k2mfx7q";
/// Another CA than that of its archive signed its certificate.
const NOT_SIGNED: &str = "crs-w8x3jd5c";

#[test]
fn a_replaced_certificate_is_found_by_comparing() {
    let sandbox = Sandbox::start();
    let none = sandbox.run(&["certificate-history", ID]);
    assert_eq!(none.code, 0, "{none:?}");
    assert!(none.stdout.contains("was seen yet"), "{none:?}");
    let first = sandbox.json(&["certificate", ID, "--compare"]);
    assert_eq!(
        (&first["compared"], &first["verdict"]),
        (&false.into(), &"secure".into())
    );
    let same = sandbox.run(&["certificate", ID, "--compare"]);
    assert_eq!(same.code, 0, "{same:?}");
    assert!(same.stdout.contains("Nothing changed"), "{same:?}");
    assert!(
        same.stdout.contains("the signature was checked"),
        "{same:?}"
    );

    // Somebody else replaces it.
    let elsewhere = sandbox.path("elsewhere");
    let update = ["update-certificate", ID, "--wait", "--data-dir", &elsewhere];
    let update = sandbox.run(&update);
    assert_eq!(update.code, 0, "{update:?}");
    let compared = sandbox.run(&["--json", "certificate", ID, "--compare"]);
    assert_eq!(compared.code, 1, "{compared:?}");
    let compared = compared.json();
    let changed = compared["changed"].as_array().unwrap();
    assert_eq!(changed.len(), 1, "{compared}");
    let change = &changed[0]["changes"][0];
    assert_eq!(
        (&changed[0]["source"], &change["role"]),
        (&"live".into(), &"leaf".into())
    );
    assert_ne!(change["before"]["sha256"], change["after"]["sha256"]);
    assert_eq!(change["differences"][0]["aspect"], "key");
    assert_eq!(compared["certificate"]["proof"]["signed"], true);

    let history = sandbox.json(&["certificate-history", ID]);
    assert_eq!(history["sightings"].as_array().unwrap().len(), 3);
    assert_eq!(
        history["sightings"][0]["certificates"][0]["facts"],
        change["after"]
    );
    let english = sandbox.run(&["certificate-history", ID]);
    assert!(
        english.stdout.contains("changed: leaf\n    key: "),
        "{english:?}"
    );
    let chinese = sandbox.run(&["--language", "zh-CN", "certificate-history", ID]);
    assert!(
        chinese.stdout.contains("变更：服务器证书\n    公钥: "),
        "{chinese:?}"
    );
}

#[test]
fn a_ca_that_did_not_sign_is_a_no() {
    let sandbox = Sandbox::start();
    let compared = sandbox.run(&["certificate", NOT_SIGNED, "--compare"]);
    assert_eq!(compared.code, 1, "{compared:?}");
    assert!(compared.stdout.contains("No CA downloaded"), "{compared:?}");
    let both = sandbox.run(&["certificate", ID, "--compare", "--out", "."]);
    assert_eq!(both.code, 2, "{both:?}");
}
