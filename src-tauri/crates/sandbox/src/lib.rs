//! TencentDB for Redis on loopback: the same API over HTTP and real TLS Redis endpoints.
