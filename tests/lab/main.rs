//! The probe against servers that are wrong in known ways.
