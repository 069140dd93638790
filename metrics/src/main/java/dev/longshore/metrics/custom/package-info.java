/// What pods tell of themselves in Prometheus' format: gathered while somebody asks, served as
/// `custom.metrics.k8s.io` and `external.metrics.k8s.io`.
package dev.longshore.metrics.custom;
