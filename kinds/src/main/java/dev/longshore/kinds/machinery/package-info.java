/// The kinds that configure the API machine itself, and those by which its parts agree: webhooks and policies,
/// custom resources, aggregation, flow control, leases, storage versions, devices.
package dev.longshore.kinds.machinery;
