//! The ends in Prometheus' text format, for the textfile collector of its `node_exporter`.

use std::fmt::Write as _;

use crate::view::{CertificateRole, Expiry};

impl Expiry {
    /// Version 0.0.4 of the format: gauges of Unix times, one for each instance and certificate.
    #[must_use]
    pub fn metrics(&self) -> String {
        let mut text = String::new();
        self.family(
            &mut text,
            "rediseal_certificate_not_after_seconds",
            "When the certificate ends, as Unix time.",
            |end, _| end.not_after,
        );
        self.family(
            &mut text,
            "rediseal_certificate_last_seen_seconds",
            "When the certificate was seen with the instance last, as Unix time.",
            |_, instance| instance.last_seen,
        );
        head(
            &mut text,
            "rediseal_instances_without_certificate",
            "Instances with SSL whose certificate was never seen.",
        );
        line(
            &mut text,
            &format!(
                "rediseal_instances_without_certificate {}",
                self.unseen.len()
            ),
        );
        text
    }

    fn family(
        &self,
        text: &mut String,
        name: &str,
        help: &str,
        value: impl Fn(&crate::view::CertificateEnd, &crate::view::EndingInstance) -> jiff::Timestamp,
    ) {
        head(text, name, help);
        for end in &self.certificates {
            let role = match end.role {
                CertificateRole::Leaf => "leaf",
                CertificateRole::Ca => "ca",
            };
            for instance in &end.instances {
                let labels = [
                    ("instance_id", instance.instance_id.as_str()),
                    ("region", &instance.region),
                    ("name", &instance.name),
                    ("role", role),
                    ("subject", &end.subject),
                    ("serial", &end.serial),
                    ("sha256", &end.sha256),
                ];
                let labels = labels.map(|(label, value)| format!("{label}=\"{}\"", escaped(value)));
                let seconds = value(end, instance).as_second();
                line(text, &format!("{name}{{{}}} {seconds}", labels.join(",")));
            }
        }
    }
}

fn head(text: &mut String, name: &str, help: &str) {
    line(text, &format!("# HELP {name} {help}"));
    line(text, &format!("# TYPE {name} gauge"));
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

/// A label's value.
fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
