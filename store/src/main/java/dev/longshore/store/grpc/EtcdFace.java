package dev.longshore.store.grpc;

import dev.longshore.http.grpc.GrpcService;
import dev.longshore.store.EmbeddedStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// etcd's v3 API over an embedded store: `KV`, `Watch`, `Lease`, `Maintenance`, `Cluster` and the status of `Auth`.
public final class EtcdFace {

    /// As etcd's `--experimental-watch-progress-notify-interval`.
    private static final Duration SILENCE = Duration.ofMinutes(10);

    private EtcdFace() {}

    /// The services; whoever asks gives them to a server.
    public static List<GrpcService> services(EmbeddedStore store, EtcdMember member) {
        var services = new ArrayList<>(new MemberCalls(store, member).services());
        services.add(new KvCalls(store, member).service());
        services.add(new WatchCalls(store, member, new WatchPump(), SILENCE).service());
        services.add(new LeaseCalls(store, member).service());
        return List.copyOf(services);
    }
}
