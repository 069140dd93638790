package dev.longshore.store.grpc;

import dev.longshore.store.Store;
import dev.longshore.store.grpc.proto.ResponseHeader;

/// The one member of the cluster that clients of etcd believe to speak with.
///
/// @param cluster its number, and that of the member
/// @param name as `etcdctl member list` shows it
/// @param url where clients reach it
/// @param id of the cluster, as snapshots say it; may be empty
public record EtcdMember(long cluster, long member, String name, String url, String id) {

    /// What it says it is: the API is that of this version of etcd.
    static final String VERSION = "3.4.0";

    /// Of a cluster that has no id.
    public EtcdMember(long cluster, long member, String name, String url) {
        this(cluster, member, name, url, "");
    }

    /// There are no elections.
    static final long TERM = 1;

    ResponseHeader header(Store store) {
        return header(store.revision());
    }

    ResponseHeader header(long revision) {
        return ResponseHeader.newBuilder()
                .setClusterId(cluster)
                .setMemberId(member)
                .setRevision(revision)
                .setRaftTerm(TERM)
                .build();
    }
}
