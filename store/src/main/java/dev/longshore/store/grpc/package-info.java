/// A store served as etcd serves its own: the v3 API over gRPC, as `etcdctl` and client libraries speak it.
package dev.longshore.store.grpc;
